import { Button, Checkbox, Collapse, Group, Select, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import type { Tenant } from '../../api/types.ts'
import { countries } from '../../format/country.ts'
import { levelNames, serviceTypeNames } from '../../format/word.ts'
import { ButtonLink } from '../../ui/ButtonLink.tsx'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { AutoAddField } from './AutoAddField.tsx'
import { CompanyFields } from './CompanyFields.tsx'
import { childLevels, isLevelFixed, isPartner } from './level.ts'
import classes from './TenantForm.module.css'
import { offeredTypes } from './tenant-form.ts'
import { type AddTenantState, useAddTenant } from './use-add-tenant.ts'

const typeChoices = (parent: Tenant) => offeredTypes(parent).map((value) => ({ value, label: serviceTypeNames[value] }))

type PartProps = { parent: Tenant; state: AddTenantState }

function BasicFields({ parent, state: { form } }: PartProps) {
  const { level } = form.values
  return (
    <div className={classes.fields}>
      <TextInput label="Name" data-autofocus maxLength={200} required {...form.getInputProps('name')} />
      {isLevelFixed(parent.level) ? (
        <TextInput label="Level" value={levelNames[level]} readOnly disabled description="Follows from the parent" />
      ) : (
        <Select
          label="Level"
          allowDeselect={false}
          data={childLevels[parent.level].map((value) => ({ value, label: levelNames[value] }))}
          {...form.getInputProps('level')}
        />
      )}
      {level !== 'site' && (
        <Select
          label="Service type"
          allowDeselect={false}
          data={typeChoices(parent)}
          {...form.getInputProps('service_type')}
        />
      )}
      {isPartner(level) && (
        <Checkbox.Group
          label="To provide"
          description="The service types that it may sell on"
          {...form.getInputProps('provided_service_types')}
        >
          <Group mt={8} gap={16}>
            {typeChoices(parent).map(({ value, label }) => (
              <Checkbox key={value} value={value} label={label} />
            ))}
          </Group>
        </Checkbox.Group>
      )}
    </div>
  )
}

function PlacementFields({ state: { form, ownLocation, locations } }: Pick<PartProps, 'state'>) {
  return (
    <div className={classes.fields}>
      <Select
        label="Device country"
        placeholder="Choose a country"
        searchable
        required
        data={countries}
        nothingFoundMessage="No such country"
        {...form.getInputProps('device_country')}
      />
      {ownLocation ? (
        <TextInput
          label="Storage location"
          value={ownLocation.name}
          readOnly
          disabled
          description="Set by the country; it never changes"
        />
      ) : (
        <Select
          label="Storage location"
          placeholder="Choose where the data is kept"
          description="It never changes"
          searchable
          required
          data={locations.map(({ code, name }) => ({ value: code, label: name }))}
          {...form.getInputProps('storage_location')}
        />
      )}
      <TextInput
        label="Usage space, GB"
        description="10⁹ bytes each; empty is unlimited"
        inputMode="decimal"
        {...form.getInputProps('usage_space_gb')}
      />
      <TextInput
        label="Your own id"
        description="How your other systems call it"
        {...form.getInputProps('external_id')}
      />
    </div>
  )
}

function Switches({ state: { form } }: Pick<PartProps, 'state'>) {
  return (
    <div className={classes.switches}>
      {form.values.level === 'end_customer' && (
        <Checkbox
          label="In trial"
          description="Not invoiced for 30 days, then in production by itself"
          {...form.getInputProps('in_trial', { type: 'checkbox' })}
        />
      )}
      <AutoAddField {...form.getInputProps('auto_add_clients', { type: 'checkbox' })} />
      <Checkbox
        label="E-mail reports"
        description="Each job result is mailed to the customer"
        {...form.getInputProps('email_reports', { type: 'checkbox' })}
      />
      <Checkbox label="Send the welcome mail" {...form.getInputProps('send_welcome_mail', { type: 'checkbox' })} />
    </div>
  )
}

export function AddTenantForm({ parent }: { parent: Tenant }) {
  const state = useAddTenant(parent)
  const [isCompanyOpen, company] = useDisclosure(false)
  const Chevron = isCompanyOpen ? IconChevronDown : IconChevronRight
  return (
    <form onSubmit={state.save} className={classes.form} noValidate>
      {state.error && <ErrorPanel error={state.error} />}
      <Panel title="Tenant">
        <BasicFields parent={parent} state={state} />
      </Panel>
      <Panel title="Placement">
        <PlacementFields state={state} />
      </Panel>
      <Panel title="Clients and mail">
        <Switches state={state} />
      </Panel>
      <Panel>
        <button type="button" className={classes.toggle} aria-expanded={isCompanyOpen} onClick={company.toggle}>
          <Chevron aria-hidden size={16} />
          Company data
          <span className={classes.toggleNote}>
            Legal name, address and country are needed before the first invoice
          </span>
        </button>
        <Collapse expanded={isCompanyOpen}>
          <div className={classes.company}>
            <CompanyFields getInputProps={(field) => state.form.getInputProps(`company.${field}`)} />
          </div>
        </Collapse>
      </Panel>
      <Group gap={8}>
        <Button type="submit" loading={state.isSaving}>
          Add {parent.level === 'reseller' ? 'end customer' : parent.level === 'end_customer' ? 'site' : 'tenant'}
        </Button>
        <ButtonLink variant="default" to="/t/$tenantId/tenants" params={{ tenantId: parent.id }}>
          Cancel
        </ButtonLink>
      </Group>
    </form>
  )
}
