import type { SetBranding } from '../../api/types.ts'
import { BrandMark } from '../../ui/BrandMark.tsx'
import { Panel } from '../../ui/Panel.tsx'
import classes from './Settings.module.css'

export const TopBarPreview = ({ branding }: { branding: SetBranding }) => (
  <Panel title="Top bar" note="As your buyers see it in their console">
    <div className={classes.bar}>
      <BrandMark brand={branding} />
      <span className={classes.name}>{branding.name}</span>
    </div>
  </Panel>
)
