export const usage = `tenantree-agent: makes this machine a device of a Tenantree customer and proves that it is alive

  tenantree-agent enroll --server URL --token TOKEN   become a device; the console shows the token
      --force            enroll although it is enrolled
  tenantree-agent run                                 send a signal as often as the server asks, until stopped
      --once             send one and end
      --peaks FILE       with the values that offers are measured by: JSON such as {"used_storage": 1500000000}
  tenantree-agent status                              show server, device and last success
  tenantree-agent unenroll                            report the uninstall and forget the device
      --force            forget it although the server cannot be told

  --state-dir DIR   where the device's key is kept (default as root: /var/lib/tenantree-agent)
  --help            this text
  --version         the agent's version

Each command ends with 0, or with 1 and one line that says what is wrong and what to do.
`
