import { Autocomplete, Checkbox, MultiSelect, Select, SimpleGrid, Switch, Textarea, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useFeatures, useMachineEditions, useOffers } from '../../api/offers.ts'
import type { Offer } from '../../api/types.ts'
import { modelNames } from '../../format/offer.ts'
import { toWords } from '../../format/word.ts'
import { type OfferForm, targetChoices, termsFor } from './offer-form.ts'

type Form = UseFormReturnType<OfferForm>
type Props = { form: Form; offer: Offer | null }

const choices = (codes: readonly string[]) => codes.map((value) => ({ value, label: toWords(value) }))
const units = choices(['device', 'user', 'gateway', 'domain', 'tenant'])
const models = Object.entries(modelNames).map(([value, label]) => ({ value, label }))
const metrics = choices(['used_storage', 'selected_size', 'protected_users'])
const trialEnds = [
  { value: 'convert', label: 'Goes on as paid' },
  { value: 'deactivate', label: 'Stops' },
  { value: 'take_from_pool', label: 'Takes a license from the pool' },
]

export function OfferFields({ form, offer }: Props) {
  const known = useOffers().data ?? []
  const products = [...new Set(known.map(({ product }) => product))]
  return (
    <>
      <SimpleGrid cols={2} spacing={12}>
        {offer === null && <Autocomplete label="Product" data={products} {...form.getInputProps('product')} />}
        <TextInput label="Edition" {...form.getInputProps('edition')} />
      </SimpleGrid>
      <Textarea label="Description" autosize minRows={2} maxRows={5} {...form.getInputProps('description')} />
      {offer === null && <Charging form={form} />}
      <Terms form={form} offer={offer} />
      <SimpleGrid cols={2} spacing={12}>
        <TextInput
          label="Trial, days"
          placeholder="No trial"
          inputMode="numeric"
          {...form.getInputProps('trial_days')}
        />
        <Select
          label="At the end of a trial"
          data={trialEnds}
          allowDeselect={false}
          disabled={form.values.trial_days.trim() === ''}
          {...form.getInputProps('trial_end')}
        />
      </SimpleGrid>
      <Traits form={form} products={products} />
    </>
  )
}

function Charging({ form }: { form: Form }) {
  const isPeak = form.values.charge_model === 'peak'
  return (
    <SimpleGrid cols={isPeak ? 4 : 3} spacing={12}>
      <Select label="Charged per" data={units} allowDeselect={false} {...form.getInputProps('unit')} />
      <Select
        label="Charge model"
        data={models}
        allowDeselect={false}
        {...form.getInputProps('charge_model')}
        onChange={(value) => {
          form.setFieldValue('charge_model', (value ?? 'active_use') as Offer['charge_model'])
          form.setFieldValue('terms', [])
        }}
      />
      {isPeak && <Select label="Measured" data={metrics} {...form.getInputProps('metric')} />}
      <TextInput label="Rank" inputMode="numeric" {...form.getInputProps('rank')} />
    </SimpleGrid>
  )
}

function Terms({ form, offer }: Props) {
  const terms = termsFor(form.values.charge_model, offer?.terms)
  if (terms.length === 0) return null
  return (
    <Checkbox.Group label="Sold for" {...form.getInputProps('terms')}>
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: 16, paddingBlock: 6 }}>
        {terms.map(({ code, name }) => (
          <Checkbox key={code} value={code} label={name} />
        ))}
      </div>
    </Checkbox.Group>
  )
}

function Traits({ form, products }: { form: Form; products: readonly string[] }) {
  const features = useFeatures().data ?? []
  const machines = useMachineEditions().data ?? []
  const { unit, product, add_on_of } = form.values
  return (
    <>
      <MultiSelect
        label="Features"
        searchable
        data={features.map(({ code, name }) => ({ value: code, label: name }))}
        {...form.getInputProps('features')}
      />
      <MultiSelect
        label="Bought beside"
        description="An add-on of these products; leave it empty for what stands alone"
        data={targetChoices(
          products.filter((other) => other !== product),
          add_on_of,
        )}
        {...form.getInputProps('add_on_of')}
      />
      {unit === 'device' && (
        <Select
          label="Machines"
          placeholder="Every machine"
          clearable
          data={machines.map(({ code, name }) => ({ value: code, label: name }))}
          {...form.getInputProps('machine_edition')}
        />
      )}
      {unit === 'user' && (
        <SimpleGrid cols={3} spacing={12}>
          <TextInput label="Sessions at a time" inputMode="numeric" {...form.getInputProps('session_limit')} />
          <TextInput label="Business devices" inputMode="numeric" {...form.getInputProps('business_devices')} />
          <TextInput label="Personal devices" inputMode="numeric" {...form.getInputProps('personal_devices')} />
        </SimpleGrid>
      )}
      <Switch
        label="An order acknowledges the terms and conditions"
        {...form.getInputProps('requires_terms', { type: 'checkbox' })}
      />
    </>
  )
}
