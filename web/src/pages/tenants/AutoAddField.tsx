import { Checkbox, type CheckboxProps } from '@mantine/core'
import { AutoAddIcon, autoAddLegend } from './AutoAddIcon.tsx'
import classes from './TenantForm.module.css'

/** "Automatically add clients" with its key icon and the legend. R-DEV-3. */
export function AutoAddField(props: CheckboxProps) {
  return (
    <Checkbox
      {...props}
      label={
        <span className={classes.withIcon}>
          Automatically add clients <AutoAddIcon isOn={Boolean(props.checked)} />
        </span>
      }
      description={autoAddLegend}
    />
  )
}
