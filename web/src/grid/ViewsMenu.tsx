import { Button, FileInput, Menu, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import {
  IconCheck,
  IconDownload,
  IconLayoutColumns,
  IconPlus,
  IconRefresh,
  IconTrash,
  IconUpload,
} from '@tabler/icons-react'
import type { View } from '@tenantree/sdk'
import { useState } from 'react'
import {
  type GridName,
  useCreateView,
  useDeleteView,
  useUpdateView,
  useViews,
  type ViewDefinition,
} from '../api/views.ts'
import { FormDialog } from '../ui/FormDialog.tsx'
import { readViewFile, toViewFile } from './view-file.ts'

type Props = { grid: GridName; read: () => ViewDefinition; apply: (definition: ViewDefinition | null) => void }

const iconSize = 15

/** The user's own views of a grid: switch, save, update, hand on as a file, take one in. R-VIEW-1. */
export function ViewsMenu({ grid, read, apply }: Props) {
  const views = useViews(grid).data ?? []
  const [currentId, setCurrentId] = useState<string | null>(null)
  const [isSaving, saving] = useDisclosure(false)
  const [isImporting, importing] = useDisclosure(false)
  const update = useUpdateView()
  const remove = useDeleteView()
  const current = views.find((view) => view.id === currentId)
  const choose = (view: View | null) => {
    setCurrentId(view?.id ?? null)
    apply(view?.definition ?? null)
  }

  return (
    <>
      <Menu position="bottom-end" shadow="none" withinPortal width={260}>
        <Menu.Target>
          <Button
            data-testid="views"
            variant="default"
            leftSection={<IconLayoutColumns aria-hidden size={16} stroke={1.6} />}
          >
            {current?.name ?? 'Views'}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>Your views</Menu.Label>
          <ViewItem name="Usual view" isCurrent={current === undefined} onClick={() => choose(null)} />
          {views.map((view) => (
            <ViewItem key={view.id} name={view.name} isCurrent={view === current} onClick={() => choose(view)} />
          ))}
          <Menu.Divider />
          <Menu.Item leftSection={<IconPlus aria-hidden size={iconSize} />} onClick={saving.open}>
            Save as a new view
          </Menu.Item>
          <Menu.Item leftSection={<IconUpload aria-hidden size={iconSize} />} onClick={importing.open}>
            Import a file
          </Menu.Item>
          {current && (
            <>
              <Menu.Divider />
              <Menu.Label>{current.name}</Menu.Label>
              <Menu.Item
                leftSection={<IconRefresh aria-hidden size={iconSize} />}
                onClick={() => update.mutate({ ...current, definition: read() })}
              >
                Update to what is shown
              </Menu.Item>
              <Menu.Item
                component="a"
                href={`data:application/json;charset=utf-8,${encodeURIComponent(toViewFile(current))}`}
                download={`${current.grid}-view.json`}
                leftSection={<IconDownload aria-hidden size={iconSize} />}
              >
                Export as a file
              </Menu.Item>
              <Menu.Item
                leftSection={<IconTrash aria-hidden size={iconSize} />}
                onClick={() => remove.mutate(current.id, { onSuccess: () => choose(null) })}
              >
                Delete
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {isSaving && (
        <SaveView grid={grid} read={read} onClose={saving.close} onSaved={(view) => setCurrentId(view.id)} />
      )}
      {isImporting && <ImportView grid={grid} onClose={importing.close} onSaved={choose} />}
    </>
  )
}

type ItemProps = { name: string; isCurrent: boolean; onClick: () => void }
const ViewItem = ({ name, isCurrent, onClick }: ItemProps) => (
  <Menu.Item
    onClick={onClick}
    aria-current={isCurrent || undefined}
    rightSection={isCurrent && <IconCheck aria-hidden size={iconSize} />}
  >
    {name}
  </Menu.Item>
)

type DialogProps = { grid: GridName; onClose: () => void; onSaved: (view: View) => void }

function SaveView({ grid, read, onClose, onSaved }: DialogProps & Pick<Props, 'read'>) {
  const [name, setName] = useState('')
  const create = useCreateView()
  const done = (view: View) => {
    onSaved(view)
    onClose()
  }
  return (
    <FormDialog
      title="Save a view"
      action="Save"
      isOpen
      onClose={onClose}
      isSaving={create.isPending}
      error={create.error}
      onSubmit={(event) => {
        event.preventDefault()
        create.mutate({ grid, name, definition: read() }, { onSuccess: done })
      }}
    >
      <TextInput
        label="Name"
        description="Columns, their order and widths, filters and sort are kept. Only you see it."
        data-autofocus
        required
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
    </FormDialog>
  )
}

function ImportView({ grid, onClose, onSaved }: DialogProps) {
  const [file, setFile] = useState<File | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const create = useCreateView()
  const done = (view: View) => {
    onSaved(view)
    onClose()
  }
  const read = async () => {
    if (file === null) return setFault('Choose a file.')
    try {
      const { name, definition } = readViewFile(await file.text(), grid)
      create.mutate({ grid, name, definition: definition as ViewDefinition }, { onSuccess: done })
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error))
    }
  }
  return (
    <FormDialog
      title="Import a view"
      action="Import"
      isOpen
      onClose={onClose}
      isSaving={create.isPending}
      error={create.error}
      onSubmit={(event) => {
        event.preventDefault()
        void read()
      }}
    >
      <FileInput
        label="File"
        description="A view that someone has exported. It becomes your own."
        placeholder="Choose a file"
        accept="application/json,.json"
        value={file}
        error={fault}
        onChange={(chosen) => {
          setFault(null)
          setFile(chosen)
        }}
      />
    </FormDialog>
  )
}
