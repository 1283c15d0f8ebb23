import { useStorageLocations } from '../api/tenants.ts'

/** The name of a storage location; its code until the names are there. */
export function LocationName({ code }: { code: string }) {
  const locations = useStorageLocations().data
  return locations?.find((location) => location.code === code)?.name ?? code
}
