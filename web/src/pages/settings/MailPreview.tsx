import { Select } from '@mantine/core'
import { useState } from 'react'
import { useMailPreview, useMailTemplates } from '../../api/mails.ts'
import type { MailTemplate, SetBranding } from '../../api/types.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { Facts } from '../../ui/Facts.tsx'
import { MailFrame } from '../../ui/MailFrame.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { TextSkeleton } from '../../ui/TextSkeleton.tsx'
import classes from './Settings.module.css'

type Name = MailTemplate['name']

export function MailPreview({ branding }: { branding: SetBranding }) {
  const templates = useMailTemplates().data ?? []
  const [name, setName] = useState<Name>('user_invitation')
  const preview = useMailPreview(name, branding)
  const chosen = templates.find((template) => template.name === name)
  return (
    <Panel
      title="Mails"
      note="With made-up data"
      actions={
        <Select
          aria-label="Mail template"
          w={200}
          allowDeselect={false}
          data={templates.map(({ name: value, title }) => ({ value, label: title }))}
          value={name}
          onChange={(value) => setName(templates.find((template) => template.name === value)?.name ?? name)}
        />
      }
    >
      {preview.error && <ErrorPanel error={preview.error} />}
      {preview.isPending && <TextSkeleton lines={4} />}
      {preview.data && (
        <div className={classes.preview}>
          <Facts
            facts={[
              ['Sent', chosen?.description],
              ['From', preview.data.sender_name],
              ['Subject', preview.data.subject],
            ]}
          />
          <MailFrame title="Preview of the mail" html={preview.data.html} />
        </div>
      )}
    </Panel>
  )
}
