import { Select, SimpleGrid } from '@mantine/core'
import { useState } from 'react'
import { useTenants } from '../../api/tenants.ts'
import type { Choose } from './BuyDialog.tsx'
import type { BuyForm } from './buy-form.ts'

type Props = { choose: Choose; form: BuyForm; onChange: (next: Partial<BuyForm>) => void }

/** Who buys, and whose pool it is for. R-POOL-1. */
export function PoolFields({ choose, form, onChange }: Props) {
  const { buyers, buyer, setBuyerId, tenant } = choose
  return (
    <SimpleGrid cols={2} spacing={12}>
      <Select
        label="Bought by"
        allowDeselect={false}
        disabled={buyers.length === 1}
        data={buyers.map(({ id, name }) => ({ value: id, label: name }))}
        value={buyer.id}
        onChange={(id) => id && setBuyerId(id)}
      />
      {buyer.level === 'end_customer' ? (
        <Select label="For the pool of" disabled data={[{ value: buyer.id, label: buyer.name }]} value={buyer.id} />
      ) : (
        <PoolField choose={choose} form={form} onChange={onChange} known={tenant} />
      )}
    </SimpleGrid>
  )
}

/** The buyer's own pool serves everyone below it; or one company, searched as one types. */
function PoolField({ choose: { buyer }, form, onChange, known }: Props & { known: { id: string; name: string } }) {
  const [text, setText] = useState('')
  const below = useTenants({ under_id: buyer.id, level: 'end_customer', q: text.trim() || undefined })
  const own = { value: buyer.id, label: `${buyer.name}, for everyone below` }
  const found = below.rows.map(({ id, name }) => ({ value: id, label: name }))
  const others =
    known.id === buyer.id || found.some(({ value }) => value === known.id)
      ? found
      : [{ value: known.id, label: known.name }, ...found]
  return (
    <Select
      label="For the pool of"
      searchable
      allowDeselect={false}
      data={[own, ...others.filter(({ value }) => value !== buyer.id)]}
      filter={({ options }) => options}
      onSearchChange={(next) => setText([own, ...others].some(({ label }) => label === next) ? '' : next)}
      nothingFoundMessage="No company of that name"
      value={form.companyId ?? buyer.id}
      onChange={(id) => onChange({ companyId: id === buyer.id ? null : id })}
    />
  )
}
