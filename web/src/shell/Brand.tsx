import { useMe } from '../api/session.ts'
import { BrandMark } from '../ui/BrandMark.tsx'
import { Mark } from './Mark.tsx'
import classes from './TopBar.module.css'

/** Whose console it is: the branding of the tenant or of its seller; without one, the product's. R-TREE-9. */
export function Brand() {
  const { branding } = useMe()
  return (
    <>
      {branding ? <BrandMark brand={branding} /> : <Mark />}
      <span className={classes.productName}>{branding?.name ?? 'Tenantree'}</span>
    </>
  )
}
