import { Select, TextInput } from '@mantine/core'
import type { GetInputPropsReturnType } from '@mantine/form'
import { countries } from '../../format/country.ts'
import classes from './TenantForm.module.css'
import { companyFields } from './tenant-form.ts'

type Props = { getInputProps: (field: string) => GetInputPropsReturnType }

export function CompanyFields({ getInputProps }: Props) {
  return (
    <div className={classes.fields}>
      {companyFields.map(({ field, label }) =>
        field === 'country' ? (
          <CountryField key={field} {...getInputProps(field)} />
        ) : (
          <TextInput key={field} label={label} {...getInputProps(field)} />
        ),
      )}
    </div>
  )
}

function CountryField({ value, onChange, error }: GetInputPropsReturnType) {
  return (
    <Select
      label="Country"
      searchable
      clearable
      data={countries}
      value={value || null}
      onChange={(country) => onChange(country ?? '')}
      error={error}
    />
  )
}
