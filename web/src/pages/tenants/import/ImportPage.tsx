import { Button, FileInput, Group, Text, Textarea } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconFileUpload } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { findProblem } from '../../../api/problem.ts'
import { useImportTenants } from '../../../api/tenant-life.ts'
import { formatNumberOf } from '../../../format/money.ts'
import { TenantScreen } from '../../../shell/TenantScreen.tsx'
import { useContextTenantId } from '../../../shell/use-context-tenant.ts'
import { ErrorPanel } from '../../../ui/ErrorPanel.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { SimpleTable } from '../../../ui/SimpleTable.tsx'
import { readRowErrors, sample } from './row-errors.ts'

const columns = [
  { key: 'row', name: 'Row', cell: ({ row }: { row: number }) => row },
  { key: 'column', name: 'Column', cell: ({ column }: { column: string }) => column || '-' },
  { key: 'detail', name: 'What is wrong', cell: ({ detail }: { detail: string }) => detail },
]

function Errors({ error }: { error: unknown }) {
  const rows = readRowErrors(findProblem(error))
  if (rows.length === 0) return <ErrorPanel error={error} />
  return (
    <Panel title={`${formatNumberOf(rows.length, 'error')}, nothing was stored`}>
      <SimpleTable
        label="Errors"
        columns={columns}
        rows={rows}
        rowKey={({ row, column, code }) => `${row} ${column} ${code}`}
      />
    </Panel>
  )
}

/** Creates many tenants out of a file: first a look at what is wrong with it, then all or none. */
export function ImportPage() {
  const tenantId = useContextTenantId()
  const navigate = useNavigate()
  const [csv, setCsv] = useState('')
  const check = useImportTenants()
  const save = useImportTenants()
  const change = (text: string) => {
    check.reset()
    save.reset()
    setCsv(text)
  }
  const error = save.error ?? check.error
  return (
    <TenantScreen title="Import tenants" note="All rows, or none">
      <Panel title="File">
        <FileInput
          label="CSV file"
          description="UTF-8, with a line of titles; at most 2,000 rows. An export has the same columns."
          placeholder="Choose a file"
          accept=".csv,text/csv"
          leftSection={<IconFileUpload aria-hidden size={16} />}
          onChange={(file) => void file?.text().then(change)}
        />
        <Textarea
          label="Or its text"
          description="parent: an external id, or names from below you down, with ' / ' between; empty is your own tenant"
          placeholder={sample}
          autosize
          minRows={6}
          maxRows={16}
          mt={12}
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          value={csv}
          onChange={({ currentTarget }) => change(currentTarget.value)}
        />
        <Group gap={8} mt={12}>
          <Button
            variant="default"
            disabled={csv.trim() === ''}
            loading={check.isPending}
            onClick={() => check.mutate({ csv, dry_run: true })}
          >
            Check
          </Button>
          <Button
            disabled={!check.isSuccess}
            loading={save.isPending}
            onClick={() =>
              save.mutate(
                { csv, dry_run: false },
                {
                  onSuccess: ({ rows }) => {
                    notifications.show({ message: `${formatNumberOf(rows, 'tenant')} created.` })
                    void navigate({ to: '/t/$tenantId/tenants', params: { tenantId } })
                  },
                },
              )
            }
          >
            Import
          </Button>
          <Text size="sm" role="status">
            {check.data && `No errors: ${formatNumberOf(check.data.rows, 'tenant')} can be created.`}
          </Text>
        </Group>
      </Panel>
      {Boolean(error) && <Errors error={error} />}
    </TenantScreen>
  )
}
