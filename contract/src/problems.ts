/**
 * The closed catalog of problem codes. Screens, SDK types and docs derive from it; a code is never renamed.
 * The kind decides the HTTP status, in `statusOf` and nowhere else.
 */
export type ProblemKind =
  | 'malformed'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'stale'
  | 'too_large'
  | 'invalid'
  | 'limited'
  | 'internal'
  | 'unavailable'

export const statusOf: Record<ProblemKind, number> = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  stale: 412,
  too_large: 413,
  invalid: 422,
  limited: 429,
  internal: 500,
  unavailable: 503,
}

export const problems = {
  // any request
  malformed_request: { kind: 'malformed', title: 'The request is not well-formed' },
  unauthenticated: { kind: 'unauthenticated', title: 'Sign in first' },
  not_found: { kind: 'not_found', title: 'Not found' },
  not_allowed: { kind: 'forbidden', title: 'Your role does not allow this' },
  invalid_request: { kind: 'invalid', title: 'The request has errors' },
  body_too_large: { kind: 'too_large', title: 'The request body is too large' },
  too_many_requests: { kind: 'limited', title: 'Too many requests' },
  stale_version: { kind: 'stale', title: 'Someone else has changed this in the meantime' },
  request_in_progress: { kind: 'conflict', title: 'The same request is still being processed' },
  idempotency_key_reused: { kind: 'invalid', title: 'The idempotency key was used with another request' },
  secret_already_shown: { kind: 'conflict', title: 'The secret of this resource was shown already' },
  state_conflict: { kind: 'conflict', title: 'Not possible in the current state' },
  cross_site_request: { kind: 'forbidden', title: 'The request came from another site' },
  resource_locked: { kind: 'conflict', title: 'The resource is locked by another request' },
  internal_error: { kind: 'internal', title: 'Something went wrong on our side' },
  unavailable: { kind: 'unavailable', title: 'The service is not available right now' },
  storage_full: { kind: 'unavailable', title: 'The storage is full' },
  // signing in
  sign_in_failed: { kind: 'unauthenticated', title: 'The e-mail address or the password is wrong' },
  sign_in_locked: { kind: 'limited', title: 'Too many failed sign-ins' },
  sign_in_link_invalid: { kind: 'unauthenticated', title: 'The sign-in link is used or expired' },
  password_too_short: { kind: 'invalid', title: 'The password is too short' },
  password_blocked: { kind: 'invalid', title: 'The password is easy to guess' },
  second_factor_required: { kind: 'unauthenticated', title: 'Enter the code of your second factor' },
  second_factor_missing: { kind: 'forbidden', title: 'Your organization asks for a second factor' },
  second_factor_enabled: { kind: 'conflict', title: 'A second factor is set up already' },
  second_factor_not_enabled: { kind: 'conflict', title: 'No second factor is being set up' },
  code_invalid: { kind: 'invalid', title: 'The code is not valid' },
  challenge_invalid: { kind: 'unauthenticated', title: 'The sign-in took too long' },
  email_taken: { kind: 'conflict', title: 'The e-mail address cannot be used' },
  role_above_own: { kind: 'forbidden', title: 'A role above your own cannot be granted' },
  flag_above_own: { kind: 'forbidden', title: 'A right that you do not have cannot be granted' },
  flag_not_for_role: { kind: 'invalid', title: 'The role cannot have that right' },
  last_superuser: { kind: 'conflict', title: 'The last superuser of a tenant has to stay' },
  scope_not_in_role: { kind: 'invalid', title: 'The role does not allow that' },
  api_key_not_allowed: { kind: 'forbidden', title: 'An API key cannot do this' },
  view_name_taken: { kind: 'conflict', title: 'You have a view of that name for this grid already' },
  // tree and placement
  parent_level_invalid: { kind: 'invalid', title: 'This level is not possible under that parent' },
  level_fixed: { kind: 'invalid', title: 'The level is fixed under this parent' },
  tenant_name_taken: { kind: 'conflict', title: 'The parent has a tenant of that name already' },
  service_type_not_offered: { kind: 'invalid', title: 'The parent does not provide that service type' },
  provided_types_for_partners: { kind: 'invalid', title: 'Only partners provide service types' },
  trial_for_end_customers: { kind: 'invalid', title: 'Only an end customer can be in trial' },
  location_fixed_by_country: { kind: 'invalid', title: 'The country sets the storage location' },
  location_required: { kind: 'invalid', title: 'Choose a storage location' },
  location_unknown: { kind: 'invalid', title: 'No such storage location' },
  contact_support: { kind: 'forbidden', title: 'Only vendor support can change this' },
  move_under_self: { kind: 'invalid', title: 'A tenant cannot be moved under itself' },
  name_not_confirmed: { kind: 'invalid', title: 'The name does not match' },
  has_live_descendants: { kind: 'conflict', title: 'There are tenants below it' },
  commitment_running: { kind: 'conflict', title: 'A commitment is running' },
  import_refused: { kind: 'invalid', title: 'The file has errors; nothing was stored' },
  // catalog and prices
  offer_exists: { kind: 'conflict', title: 'An offer of that product and edition exists already' },
  offer_not_offered: { kind: 'invalid', title: 'The seller may not sell that offer' },
  price_missing: { kind: 'invalid', title: 'An edge has no price for the offer' },
  currency_mismatch: { kind: 'invalid', title: 'The edge has another currency' },
  buyer_not_direct: { kind: 'invalid', title: 'A seller sells to its direct children only' },
  sites_buy_nothing: { kind: 'invalid', title: 'A site is no buyer' },
  price_list_exists: { kind: 'conflict', title: 'A price list for that buyer exists already' },
  price_exists: { kind: 'conflict', title: 'A price from that date exists already' },
  price_in_the_past: { kind: 'invalid', title: 'A price cannot begin in the past' },
  subscription_exists: { kind: 'conflict', title: 'The tenant has a subscription to that product already' },
  // devices and agents
  install_token_invalid: { kind: 'unauthenticated', title: 'The install token is not valid' },
  device_key_invalid: { kind: 'unauthenticated', title: 'The device key is not valid' },
  device_refused: { kind: 'forbidden', title: 'The device is refused' },
  // time and billing
  clock_not_movable: { kind: 'forbidden', title: 'The clock moves by itself in production mode' },
  clock_backwards: { kind: 'invalid', title: 'The clock moves forward only' },
  month_not_over: { kind: 'conflict', title: 'The month is not over' },
  // mails and branding
  branding_for_partners: { kind: 'invalid', title: 'Only who sells has a branding' },
  color_contrast_low: { kind: 'invalid', title: 'The color is too light to be read on white' },
  logo_refused: { kind: 'invalid', title: 'The logo cannot be used' },
} as const satisfies Record<string, { kind: ProblemKind; title: string }>

export type ProblemCode = keyof typeof problems
export const problemCodes = Object.keys(problems) as [ProblemCode, ...ProblemCode[]]
