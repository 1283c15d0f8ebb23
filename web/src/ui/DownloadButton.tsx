import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import type { ReactNode } from 'react'

/** Fetched by the browser itself, with the session cookie: a large file needs no memory here. */
export const DownloadButton = ({ href, children }: { href: string; children: ReactNode }) => (
  <Button
    component="a"
    href={href}
    download
    variant="default"
    leftSection={<IconDownload aria-hidden size={16} stroke={1.6} />}
  >
    {children}
  </Button>
)
