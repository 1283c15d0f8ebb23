import type { ShownBranding } from '../api/types.ts'
import classes from './BrandMark.module.css'

/** The logo of a brand; without one its first letter on its color. The name stands beside it, so it says nothing itself. */
export const BrandMark = ({ brand }: { brand: ShownBranding }) =>
  brand.logo ? (
    <img className={classes.logo} src={brand.logo} alt="" />
  ) : (
    <span aria-hidden className={classes.letter} style={{ background: brand.color }}>
      {brand.name.trim().charAt(0).toUpperCase()}
    </span>
  )
