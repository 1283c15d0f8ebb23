import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconShoppingCart } from '@tabler/icons-react'
import { useMe } from '../../api/session.ts'
import type { TenantRef } from '../../api/types.ts'
import { BuyDialog } from './BuyDialog.tsx'

/** Buying for a tenant, where the user has the right to. Sites and the vendor buy nothing. */
export function BuyButton({ tenant }: { tenant: TenantRef }) {
  const { user } = useMe()
  const [isOpen, dialog] = useDisclosure(false)
  if (!user.may_purchase || tenant.level === 'site' || tenant.level === 'vendor') return null
  return (
    <>
      <Button leftSection={<IconShoppingCart aria-hidden size={15} />} onClick={dialog.open}>
        Buy licenses
      </Button>
      {isOpen && <BuyDialog tenant={tenant} onClose={dialog.close} />}
    </>
  )
}
