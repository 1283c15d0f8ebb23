/** The mark of the product: a small tree. */
export const Mark = ({ size = 24 }: { size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
    <rect width="24" height="24" rx="6" fill="#0b7285" />
    <g fill="none" stroke="#fff" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round">
      <path d="M12 8.4v3.2M7 15.6v-2a2 2 0 0 1 2-2h6a2 2 0 0 1 2 2v2" />
      <circle cx="12" cy="6.6" r="1.8" />
      <circle cx="7" cy="17.4" r="1.8" />
      <circle cx="17" cy="17.4" r="1.8" />
    </g>
  </svg>
)
