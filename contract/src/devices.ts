import * as z from 'zod'
import { day, id, instant, line, pageOf, pageQuery } from './common.ts'

export const deviceState = z.enum(['pending', 'active', 'offline', 'deactivated', 'uninstalled', 'deleted'])
export const os = z.enum(['windows', 'macos', 'linux', 'other'])
export const architecture = z.enum(['x64', 'arm64', 'x86', 'arm', 'other'])
export const machineKind = z.enum(['physical', 'virtual', 'unknown'])

export const device = z
  .strictObject({
    id,
    tenant_id: id,
    tenant_name: z.string(),
    host_name: z.string(),
    os,
    os_version: z.string(),
    architecture,
    machine_kind: machineKind,
    agent_version: z.string(),
    state: deviceState,
    storage_location: z.string(),
    enrolled_at: instant,
    last_seen_at: instant.nullable(),
    active_days_this_month: z.int(),
  })
  .meta({ id: 'Device' })
export type Device = z.infer<typeof device>
export const devicePage = pageOf(device).meta({ id: 'DevicePage' })
export const deviceQuery = z.strictObject({
  ...pageQuery,
  tenant_id: id.optional().meta({ description: 'Devices of this tenant and everything below it' }),
  state: deviceState.optional(),
  q: z.string().trim().min(1).max(200).optional().meta({ description: 'Part of the host name, letter case aside' }),
})

export const installToken = z
  .strictObject({
    tenant_id: id,
    hint: z.string().meta({ description: 'The first characters of the token' }),
    created_at: instant,
  })
  .meta({ id: 'InstallToken' })
export const createdInstallToken = z
  .strictObject({
    tenant_id: id,
    token: z.string(),
    hint: z.string(),
    created_at: instant,
    command: z.string().meta({ description: 'What to run on the machine' }),
  })
  .meta({ id: 'CreatedInstallToken', description: 'The token is shown once; making one ends the former' })

/** What the agent tells of its machine. */
export const machine = z
  .strictObject({
    machine_id: z
      .string()
      .min(8)
      .max(128)
      .regex(/^[0-9A-Za-z._:-]+$/)
      .meta({ description: 'Stable and not reversible: a hash of what the machine calls itself' }),
    host_name: line(255),
    os,
    os_version: line(200),
    architecture,
    machine_kind: machineKind,
  })
  .meta({ id: 'Machine' })
export type Machine = z.infer<typeof machine>
export const enrol = z
  .strictObject({ install_token: z.string().min(1).max(200), agent_version: line(50), machine })
  .meta({ id: 'Enrol' })
export const enrolled = z
  .strictObject({
    device_id: id,
    device_key: z.string(),
    tenant_name: z.string(),
    heartbeat_after_s: z.int().meta({ description: 'Seconds until the first heartbeat' }),
  })
  .meta({ id: 'Enrolled' })
const bytes = z.int().min(0).meta({ description: 'Bytes' })
/** What peak offers are measured by. R-OFFER-2, R-ACT-7. */
export const reportedPeaks = z
  .strictObject({
    selected_size: bytes.optional(),
    used_storage: bytes.optional(),
    protected_users: z.int().min(0).max(1_000_000_000).optional(),
  })
  .meta({ id: 'ReportedPeaks', description: 'The highest values since the last signal that was answered' })
export type ReportedPeaks = z.infer<typeof reportedPeaks>
export const heartbeat = z
  .strictObject({
    agent_version: line(50),
    sent_at: instant.optional().meta({ description: "The device's own clock: information only" }),
    peaks: reportedPeaks.optional(),
  })
  .meta({ id: 'Heartbeat' })
export const heartbeatAnswer = z
  .strictObject({
    heartbeat_after_s: z.int(),
    day: day.meta({ description: 'The UTC day that the signal counts for' }),
  })
  .meta({ id: 'HeartbeatAnswer' })
