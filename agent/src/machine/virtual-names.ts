const virtualNames =
  /kvm|qemu|bochs|vmware|virtualbox|virtual machine|hvm domu|xen|parallels|bhyve|openstack|google compute|droplet|vserver|amazon ec2|dummy-virt/i

/**
 * Whether the maker and product names of a machine's firmware are those of a hypervisor; null without a name.
 * Rented bare metal carries the cloud's name too, and says so.
 */
export function isVirtualName(names: string): boolean | null {
  if (names.trim() === '') return null
  return virtualNames.test(names) && !/\.metal\b/i.test(names)
}
