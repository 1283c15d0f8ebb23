export { createInstallToken } from './commands.ts'
export { dayBit, daysOf, mapFrom, offlineFrom, type StoredState } from './domain.ts'
export {
  type DeviceOwner,
  type DeviceRecord,
  type DeviceTables,
  findByMachine,
  findDeviceByKey,
  findTenantByToken,
  insertDevice,
  readRevocations,
  replaceKey,
  saveDevice,
  saveSeen,
  type TokenOwner,
} from './repository.ts'
export { addDeviceRoutes } from './routes.ts'
