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
  single_sign_on_required: {
    kind: 'unauthenticated',
    title: 'Your organization asks you to sign in with single sign-on',
  },
  single_sign_on_unavailable: { kind: 'invalid', title: 'There is no single sign-on for this address' },
  single_sign_on_failed: { kind: 'unauthenticated', title: 'Your identity provider did not sign you in' },
  single_sign_on_refused: {
    kind: 'unauthenticated',
    title: 'Your identity provider knows you, but you have no access here',
  },
  single_sign_on_expired: { kind: 'unauthenticated', title: 'This single sign-on took too long or was used already' },
  email_not_verified: { kind: 'unauthenticated', title: 'Your identity provider has not verified your e-mail address' },
  identity_provider_unreachable: { kind: 'unavailable', title: 'The identity provider cannot be reached' },
  identity_provider_missing: { kind: 'conflict', title: 'The tenant has no identity provider' },
  identity_provider_in_use: { kind: 'conflict', title: 'Single sign-on is required, and needs its identity provider' },
  issuer_refused: { kind: 'invalid', title: 'The address of the issuer cannot be used' },
  passkey_required: { kind: 'unauthenticated', title: 'Sign in with your passkey' },
  passkey_invalid: { kind: 'unauthenticated', title: 'The passkey is not known here' },
  passkey_refused: { kind: 'invalid', title: 'The passkey could not be added' },
  passkey_limit: { kind: 'conflict', title: 'You have as many passkeys as you can have' },
  passkeys_unavailable: { kind: 'conflict', title: 'Passkeys need a console with a name' },
  password_reset_invalid: { kind: 'unauthenticated', title: 'The link for a new password is used or expired' },
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
  in_use_below: { kind: 'conflict', title: 'It is in use below' },
  offer_withdrawn: { kind: 'conflict', title: 'The offer is no longer sold' },
  offer_not_metered: { kind: 'invalid', title: 'This release does not meter that offer yet' },
  offer_is_ordered: { kind: 'invalid', title: 'The offer is bought by an order' },
  edition_os_mismatch: { kind: 'invalid', title: 'The edition does not fit that machine' },
  feature_not_in_offer: { kind: 'forbidden', title: 'The offer does not have that feature' },
  tiers_invalid: { kind: 'invalid', title: 'The tiers of the price have holes or overlap' },
  price_term_unknown: { kind: 'invalid', title: 'The offer is not sold in that term' },
  // orders
  purchase_not_allowed: { kind: 'forbidden', title: 'You may not purchase for that tenant' },
  terms_required: { kind: 'invalid', title: 'Acknowledge the terms and conditions that are in force' },
  payment_mode_fixed: { kind: 'conflict', title: 'The payment mode is fixed by an earlier order' },
  tenant_in_trial: { kind: 'conflict', title: 'The end customer is in trial' },
  offer_is_subscribed: { kind: 'invalid', title: 'The offer is billed after use: subscribe to it' },
  add_on_alone: { kind: 'invalid', title: 'An add-on is bought beside its offer only' },
  withdrawal_over: { kind: 'conflict', title: 'The order can no longer be withdrawn' },
  card_not_taken: { kind: 'invalid', title: 'The seller takes no cards' },
  card_missing: { kind: 'invalid', title: 'There is no card to charge' },
  card_amount_invalid: { kind: 'invalid', title: 'The amount cannot be charged to a card' },
  payment_unavailable: { kind: 'unavailable', title: 'The payment provider cannot be reached' },
  payment_event_refused: { kind: 'malformed', title: 'The payment event is not signed by the payment provider' },
  // pools, licenses and their holders
  no_license: { kind: 'forbidden', title: 'There is no license for this' },
  license_in_use: { kind: 'conflict', title: 'The license is in use' },
  already_licensed: { kind: 'conflict', title: 'The holder has a license of that product already' },
  holder_kind_mismatch: { kind: 'invalid', title: 'The license is not for that kind of holder' },
  pool_not_serving: { kind: 'invalid', title: 'The pool does not serve that tenant' },
  insufficient_unassigned: { kind: 'conflict', title: 'Not enough unassigned licenses' },
  filter_not_applicable: { kind: 'invalid', title: 'That filter does not apply to trial licenses' },
  licenses_missing: { kind: 'conflict', title: 'Some would be left without a license' },
  trial_already_had: { kind: 'conflict', title: 'Trial licenses of that type were asked for in the last 180 days' },
  subscriber_exists: { kind: 'conflict', title: 'The customer has a subscriber with that address' },
  gateway_name_taken: { kind: 'conflict', title: 'The tenant has a gateway of that name' },
  domain_exists: { kind: 'conflict', title: 'The customer has that domain already' },
  // trials and file policies
  trial_not_offered: { kind: 'invalid', title: 'The offer has no trial' },
  trial_repeated: { kind: 'conflict', title: 'The same trial was had in the last 180 days' },
  subscription_missing: { kind: 'conflict', title: 'The customer has no subscription to that offer' },
  file_policy_limit: { kind: 'conflict', title: 'The customer has as many file policies as it can have' },
  file_policies_changed: { kind: 'conflict', title: 'The file policies have changed in the meantime' },
  unsubscribe_link_invalid: { kind: 'unauthenticated', title: 'The link is not valid' },
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
  kept_too_short: { kind: 'invalid', title: 'It has to be kept longer' },
  logo_refused: { kind: 'invalid', title: 'The logo cannot be used' },
} as const satisfies Record<string, { kind: ProblemKind; title: string }>

export type ProblemCode = keyof typeof problems
export const problemCodes = Object.keys(problems) as [ProblemCode, ...ProblemCode[]]
