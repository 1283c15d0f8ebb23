import { ActionIcon, Button, Checkbox, Group, Popover, Stack } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconColumns3 } from '@tabler/icons-react'

type PickedColumn = {
  id: string
  columnDef: { header?: unknown }
  getCanHide: () => boolean
  getIsVisible: () => boolean
  toggleVisibility: (isVisible: boolean) => void
}

const nameOf = ({ id, columnDef }: PickedColumn) => (typeof columnDef.header === 'string' ? columnDef.header : id)

type Props = { columns: readonly PickedColumn[]; onMove: (id: string, step: 1 | -1) => void }

/** Which columns a grid shows, and in which order. */
export function ColumnPicker({ columns, onMove }: Props) {
  return (
    <Popover position="bottom-end" shadow="none" withinPortal>
      <Popover.Target>
        <Button variant="default" leftSection={<IconColumns3 aria-hidden size={16} stroke={1.6} />}>
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap={4} role="group" aria-label="Columns shown">
          {columns.map((column, index) => (
            <Group key={column.id} gap={4} justify="space-between" wrap="nowrap">
              <Checkbox
                size="xs"
                label={nameOf(column)}
                disabled={!column.getCanHide()}
                checked={column.getIsVisible()}
                onChange={(event) => column.toggleVisibility(event.currentTarget.checked)}
              />
              <Group gap={2} wrap="nowrap">
                <ActionIcon
                  size="sm"
                  variant="subtle"
                  color="gray"
                  aria-label={`Move ${nameOf(column)} up`}
                  disabled={index === 0}
                  onClick={() => onMove(column.id, -1)}
                >
                  <IconArrowUp aria-hidden size={13} />
                </ActionIcon>
                <ActionIcon
                  size="sm"
                  variant="subtle"
                  color="gray"
                  aria-label={`Move ${nameOf(column)} down`}
                  disabled={index === columns.length - 1}
                  onClick={() => onMove(column.id, 1)}
                >
                  <IconArrowDown aria-hidden size={13} />
                </ActionIcon>
              </Group>
            </Group>
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}
