import { toWords } from '../format/word.ts'
import classes from './State.module.css'

/** How a state feels: good is green, attention is orange, quiet is grey. States not named here are quiet. */
const tones: Record<string, 'good' | 'attention' | 'bad'> = {
  production: 'good',
  active: 'good',
  issued: 'good',
  paid: 'good',
  done: 'good',
  sent: 'good',
  queued: 'attention',
  failed: 'bad',
  in_trial: 'attention',
  offline: 'attention',
  draft: 'attention',
  invited: 'attention',
  running: 'attention',
  accepted: 'good',
  placed: 'attention',
  payment_failed: 'bad',
  pending: 'attention',
  overdue: 'bad',
  deactivated: 'bad',
}

const names: Record<string, string> = { in_trial: 'Trial' }

/** A state is a dot and a word. */
export function State({ state }: { state: string }) {
  return (
    <span className={classes.state}>
      <span aria-hidden className={classes.dot} data-tone={tones[state] ?? 'quiet'} />
      {names[state] ?? toWords(state)}
    </span>
  )
}
