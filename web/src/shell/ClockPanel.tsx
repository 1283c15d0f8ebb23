import { Button, Popover, Stack, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { IconClock } from '@tabler/icons-react'
import { useState } from 'react'
import { useMoveClock } from '../api/clock.ts'
import { isAllowed } from '../api/may.ts'
import { useInstance, useMe } from '../api/session.ts'
import { formatDay, formatMoment } from '../format/date.ts'
import { startOfNextMonth } from '../format/month.ts'
import { ErrorPanel } from '../ui/ErrorPanel.tsx'
import classes from './ClockPanel.module.css'

/** In demo and test mode: what day it is for the whole system; whom the role allows it may move it forward. */
export function ClockPanel() {
  const instance = useInstance()
  const me = useMe()
  if (instance.mode === 'production') return null
  const today = formatDay(instance.now)
  const canMove = instance.clock_movable && isAllowed(me, 'clock.move')
  if (!canMove) return <span className={classes.note}>Demo clock: {today}</span>
  return <MovableClock now={instance.now} today={today} />
}

function MovableClock({ now, today }: { now: string; today: string }) {
  const [isOpen, panel] = useDisclosure(false)
  const move = useMoveClock()
  const [day, setDay] = useState('')
  const moveTo = (to: string) =>
    move.mutate(to, {
      onSuccess: (clock) => {
        panel.close()
        setDay('')
        notifications.show({ message: `The clock stands at ${formatMoment(clock.now)}.` })
      },
    })
  return (
    <Popover opened={isOpen} onChange={panel.toggle} position="bottom-end" width={300} shadow="none" trapFocus>
      <Popover.Target>
        <button type="button" className={classes.clock} onClick={panel.toggle} aria-label={`Demo clock: ${today}`}>
          <IconClock aria-hidden size={15} stroke={1.6} />
          <span className={classes.clockWord}>Demo clock:</span> {today}
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Demo clock">
        <Stack gap={10}>
          <Text size="sm">
            It is {formatMoment(now)} for the whole system. The clock moves forward only; what becomes due on the way is
            done.
          </Text>
          <Button variant="default" loading={move.isPending} onClick={() => moveTo(startOfNextMonth(now))}>
            To {formatMoment(startOfNextMonth(now))}
          </Button>
          <form
            onSubmit={(event) => {
              event.preventDefault()
              if (day) moveTo(`${day}T02:00:00Z`)
            }}
            className={classes.form}
          >
            <TextInput
              type="date"
              label="Or to a day, 02:00 UTC"
              min={now.slice(0, 10)}
              value={day}
              onChange={(event) => setDay(event.currentTarget.value)}
            />
            <Button type="submit" variant="default" loading={move.isPending} disabled={!day}>
              Move
            </Button>
          </form>
          {move.error && <ErrorPanel error={move.error} />}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}
