import { ActionIcon, Group, Text } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconTrash } from '@tabler/icons-react'
import { useFilePolicies, useOrderFilePolicies, useRemoveFilePolicy } from '../../../api/file-policies.ts'
import { useMay } from '../../../api/may.ts'
import type { FilePolicy, Tenant } from '../../../api/types.ts'
import { toWords } from '../../../format/word.ts'
import { Empty } from '../../../ui/Empty.tsx'
import { ErrorPanel } from '../../../ui/ErrorPanel.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { Queried } from '../../../ui/Queried.tsx'
import { SimpleTable } from '../../../ui/SimpleTable.tsx'
import { AddFilePolicy } from './AddFilePolicy.tsx'
import { moved } from './moved.ts'

/** What may be sent up and fetched down: the first policy that matches wins. R-POL-1. */
export function FilePoliciesPanel({ tenant }: { tenant: Tenant }) {
  const may = useMay('file_policies.edit')
  const policies = useFilePolicies(tenant.id)
  return (
    <Panel
      title="File policies"
      note="The first that matches wins; what none names is allowed"
      actions={may && <AddFilePolicy tenantId={tenant.id} />}
    >
      <Queried query={policies}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty>{tenant.name} has no file policies. They need an edition with zero-trust files.</Empty>
          ) : (
            <Policies tenantId={tenant.id} rows={rows} may={may} />
          )
        }
      </Queried>
    </Panel>
  )
}

const columns = [
  { key: 'position', name: 'No.', cell: ({ position }: FilePolicy) => position },
  { key: 'direction', name: 'Direction', cell: ({ direction }: FilePolicy) => toWords(direction) },
  { key: 'sites', name: 'Web sites', cell: ({ web_sites }: FilePolicy) => web_sites.join(', ') },
  { key: 'types', name: 'Types', cell: ({ mime_types }: FilePolicy) => mime_types.join(', ') },
  {
    key: 'action',
    name: 'Action',
    cell: ({ action, is_applied, missing_features }: FilePolicy) =>
      is_applied ? (
        toWords(action)
      ) : (
        <Text
          span
          size="sm"
          c="dimmed"
          title={`No offer that is held has ${missing_features.map(toWords).join(', ')}.`}
        >
          {toWords(action)}, not applied
        </Text>
      ),
  },
]

function Policies({ tenantId, rows, may }: { tenantId: string; rows: readonly FilePolicy[]; may: boolean }) {
  const order = useOrderFilePolicies(tenantId)
  const remove = useRemoveFilePolicy(tenantId)
  const error = order.error ?? remove.error
  const ids = rows.map(({ id }) => id)
  const isBusy = order.isPending || remove.isPending
  const button = (label: string, icon: typeof IconTrash, isOff: boolean, act: () => void) => {
    const Icon = icon
    return (
      <ActionIcon
        aria-label={label}
        title={label}
        variant="subtle"
        color="gray"
        disabled={isOff || isBusy}
        bg={isOff ? 'transparent' : undefined}
        onClick={act}
      >
        <Icon aria-hidden size={16} stroke={1.6} />
      </ActionIcon>
    )
  }
  const actions = {
    key: 'actions',
    name: '',
    align: 'end' as const,
    cell: ({ id, position }: FilePolicy) => (
      <Group gap={2} justify="flex-end" wrap="nowrap">
        {button(`Move policy ${position} up`, IconArrowUp, position === 1, () => order.mutate(moved(ids, id, -1)))}
        {button(`Move policy ${position} down`, IconArrowDown, position === rows.length, () =>
          order.mutate(moved(ids, id, 1)),
        )}
        {button(`Remove policy ${position}`, IconTrash, false, () => remove.mutate(id))}
      </Group>
    ),
  }
  return (
    <>
      {error && <ErrorPanel error={error} />}
      <SimpleTable
        label="File policies"
        columns={may ? [...columns, actions] : columns}
        rows={rows}
        rowKey={({ id }) => id}
      />
    </>
  )
}
