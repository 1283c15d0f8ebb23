import { Button, Group, Stack } from '@mantine/core'
import { Secret } from '../../ui/Secret.tsx'

/** Shown once, right after they were made. */
export const RecoveryCodes = ({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) => (
  <Stack gap={12}>
    <p style={{ margin: 0 }}>
      Keep these recovery codes where you keep passwords. Each signs in once in place of a code of the authenticator,
      and they are not shown again.
    </p>
    <Secret label="Recovery codes" value={codes.join('\n')} />
    <Group justify="flex-end">
      <Button onClick={onDone}>I have kept them</Button>
    </Group>
  </Stack>
)
