import { ActionIcon, Group, Select } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { addMonths, formatMonth, monthsBack } from '../format/month.ts'

const monthsOffered = 24

type Props = { month: string; latest: string; onChange: (month: string) => void }

/** One calendar month, up to the running one. */
export function MonthPicker({ month, latest, onChange }: Props) {
  const months = monthsBack(latest, monthsOffered)
  const choices = months.includes(month) ? months : [...months, month]
  return (
    <Group gap={4} wrap="nowrap">
      <ActionIcon variant="default" size={34} aria-label="Month before" onClick={() => onChange(addMonths(month, -1))}>
        <IconChevronLeft aria-hidden size={16} />
      </ActionIcon>
      <Select
        aria-label="Month"
        w={160}
        data={choices.map((value) => ({ value, label: formatMonth(value) }))}
        value={month}
        allowDeselect={false}
        onChange={(value) => value && onChange(value)}
      />
      <ActionIcon
        variant="default"
        size={34}
        aria-label="Month after"
        disabled={month >= latest}
        onClick={() => onChange(addMonths(month, 1))}
      >
        <IconChevronRight aria-hidden size={16} />
      </ActionIcon>
    </Group>
  )
}
