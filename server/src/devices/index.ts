export { createInstallToken } from './commands.ts'
export { dayBit, daysOf, isStopped, mapFrom, offlineFrom, type StoredState } from './domain.ts'
export { createDeviceHooks, type DeviceHooks } from './hooks.ts'
export { endedDevices, silentDevices, trialDevices } from './keeping.ts'
export {
  type DeviceOwner,
  type DeviceRecord,
  type DeviceTables,
  deactivate,
  endAccess,
  findByMachine,
  findDeviceByKey,
  findTenantByToken,
  insertDevice,
  lockDevice,
  presentState,
  readRevocations,
  replaceKey,
  saveDevice,
  saveSeen,
  type TokenOwner,
} from './repository.ts'
export { addDeviceRoutes } from './routes.ts'
