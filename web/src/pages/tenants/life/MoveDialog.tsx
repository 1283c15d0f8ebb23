import { Alert, Select, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { IconAlertTriangle, IconCircleX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { MovePreview } from '@tenantree/sdk'
import { useState } from 'react'
import { useMe } from '../../../api/session.ts'
import { useMovePreview, useMoveTenant } from '../../../api/tenant-life.ts'
import { tenantPageQuery } from '../../../api/tenants.ts'
import type { Level, Tenant, TenantRef } from '../../../api/types.ts'
import { formatShortDay } from '../../../format/date.ts'
import { formatNumberOf } from '../../../format/money.ts'
import { formatMonth } from '../../../format/month.ts'
import { levelNames } from '../../../format/word.ts'
import { FormDialog } from '../../../ui/FormDialog.tsx'
import { childLevels } from '../level.ts'

const isParentOf = (parent: Level, child: Level) => childLevels[parent].some((level) => level === child)

/** Tenants that could be the parent: found by name on the server, and the caller's own. */
function useParents(tenant: Tenant, text: string) {
  const me = useMe()
  const q = text.trim()
  const found = useQuery(tenantPageQuery(q === '' ? {} : { q }, undefined, 50)).data?.data ?? []
  const fitting = [me.tenant, ...found.filter(({ id }) => id !== me.tenant.id)].filter(
    ({ id, level }) => isParentOf(level, tenant.level) && id !== tenant.parent_id,
  )
  return fitting.map(({ id, name, level }) => ({ value: id, label: `${name} (${levelNames[level]})` }))
}

/** Chooses the new parent and shows what the move would do before it is done. R-TREE-6. */
export function MoveDialog({ tenant, onClose }: { tenant: Tenant; onClose: () => void }) {
  const [parentId, setParentId] = useState<string | null>(null)
  const [text, setText] = useState('')
  const [searched] = useDebouncedValue(text, 200)
  const parents = useParents(tenant, searched)
  const preview = useMovePreview(tenant.id, parentId)
  const command = useMoveTenant(tenant.id)
  const isReady = parentId !== null && preview.data?.allowed === true && !preview.isPlaceholderData
  return (
    <FormDialog
      title={`Move ${tenant.name}`}
      action="Move"
      isOpen
      onClose={onClose}
      onSubmit={(event) => {
        event.preventDefault()
        if (parentId === null || !isReady) return
        command.mutate(parentId, {
          onSuccess: () => {
            notifications.show({ message: `${tenant.name} is moved.` })
            onClose()
          },
        })
      }}
      isSaving={command.isPending}
      error={command.error ?? (parentId === null ? null : preview.error)}
    >
      <Select
        label="New parent"
        placeholder="Search by name"
        searchable
        data-autofocus
        data={parents}
        filter={({ options }) => options}
        nothingFoundMessage="No tenant of that name can be the parent"
        value={parentId}
        onChange={setParentId}
        onSearchChange={setText}
      />
      {parentId !== null && preview.data && <Preview tenant={tenant} preview={preview.data} />}
    </FormDialog>
  )
}

const list = (tenants: readonly TenantRef[]) => tenants.map(({ name }) => name).join(', ')

/** What becomes of the month's billing. R-BILL-9. */
function describeBilling({ level }: Tenant, { moves_on }: MovePreview): string {
  const month = formatMonth(moves_on.slice(0, 7))
  const seller = level === 'site' ? 'the old end customer' : 'the old sellers'
  const divided = moves_on.endsWith('-01')
    ? `All use of ${month} is charged in the new place.`
    : `Use of ${month} is divided by charged days: the days before ${formatShortDay(moves_on)} are invoiced by ${seller}, that day and later ones in the new place.`
  return `${divided} Invoices of earlier months, drafts too, stay where they are.`
}

function Preview({ tenant, preview }: { tenant: Tenant; preview: MovePreview }) {
  const below = preview.tenant_count - 1
  return (
    <Stack gap={8} aria-live="polite">
      {preview.findings.map(({ code, detail, refuses }) => (
        <Alert
          key={`${code} ${detail}`}
          color={refuses ? 'red' : 'orange'}
          icon={refuses ? <IconCircleX aria-hidden size={16} /> : <IconAlertTriangle aria-hidden size={16} />}
        >
          {detail}
        </Alert>
      ))}
      {preview.allowed && (
        <Text size="sm">
          {tenant.name}
          {below > 0 && ` with ${formatNumberOf(below, 'tenant')} below it`} and{' '}
          {formatNumberOf(preview.device_count, 'device')} go along. Trials, storage locations and issued invoices stay.
          {preview.losing_sight.length > 0 && ` No longer seen by ${list(preview.losing_sight)}.`}
          {preview.gaining_sight.length > 0 && ` From then on seen by ${list(preview.gaining_sight)}.`}
        </Text>
      )}
      {preview.allowed && <Text size="sm">{describeBilling(tenant, preview)}</Text>}
    </Stack>
  )
}
