import type { MovePreview, Tenant } from '@tenantree/sdk'
import type { Command } from 'commander'
import { CommandError } from '../command-error.ts'
import { type GlobalOptions, openSession, type Session } from '../session.ts'
import { printable, say, type Terminal } from '../terminal.ts'

type Done = (tenant: Tenant) => string

function show(terminal: Terminal, options: GlobalOptions, tenant: Tenant, done: Done) {
  say(terminal, options.json ? JSON.stringify(tenant, null, 2) : printable(done(tenant)))
}

type Switch = { name: string; description: string; act: (session: Session, id: string) => Promise<Tenant>; done: Done }

const switches: Switch[] = [
  {
    name: 'inactivate',
    description: 'refuse a tenant and everything below it',
    act: ({ api }, id) => api.inactivateTenant({ path: { id } }),
    done: ({ name }) => `${name} is inactive, with everything below it.`,
  },
  {
    name: 'reactivate',
    description: 'let an inactive tenant in again',
    act: ({ api }, id) => api.reactivateTenant({ path: { id } }),
    done: ({ name, state }) => `${name} is back: ${state}.`,
  },
  {
    name: 'restore',
    description: 'bring back a deleted tenant, within 30 days',
    act: ({ api }, id) => api.restoreTenant({ path: { id } }),
    done: ({ name }) => `${name} is back, inactive. tenantree tenants reactivate lets it in again.`,
  },
]

type DeleteOptions = GlobalOptions & { confirm: string; withEverythingBelow?: boolean }

async function deleteTenant(terminal: Terminal, id: string, options: DeleteOptions) {
  const { api } = openSession(terminal, options)
  const body = { confirm_name: options.confirm, with_everything_below: options.withEverythingBelow ?? false }
  const tenant = await api.deleteTenant({ path: { id }, body })
  show(terminal, options, tenant, ({ name, purge_at }) => `${name} is deleted; it can be restored until ${purge_at}.`)
}

type MoveOptions = GlobalOptions & { to: string; dryRun?: boolean; allowUnlicensed?: boolean }

async function moveTenant(terminal: Terminal, id: string, options: MoveOptions) {
  const { api } = openSession(terminal, options)
  const body = { parent_id: options.to, allow_unlicensed: options.allowUnlicensed ?? false }
  if (options.dryRun) return showPreview(terminal, options, await api.previewMove({ path: { id }, body }))
  const tenant = await api.moveTenant({ path: { id }, body })
  show(terminal, options, tenant, ({ name, ancestors }) => `${name} is now under ${ancestors.at(-1)?.name ?? 'you'}.`)
}

/** A move that would be refused is a failure also where it is only tried. */
function showPreview(terminal: Terminal, options: GlobalOptions, preview: MovePreview) {
  if (options.json) say(terminal, JSON.stringify(preview, null, 2))
  else {
    for (const { detail, refuses } of preview.findings)
      say(terminal, printable(`${refuses ? 'No' : 'Note'}: ${detail}`))
    say(terminal, `Tenants that would go: ${preview.tenant_count}, devices: ${preview.device_count}.`)
    const names = preview.losing_sight.map(({ name }) => name)
    if (names.length > 0) say(terminal, printable(`No longer seen by ${names.join(', ')}.`))
  }
  if (!preview.allowed) throw new CommandError('the move would be refused; choose another --to')
}

/** What happens to a tenant after its creation. */
export function addTenantsLife(tenants: Command, terminal: Terminal): void {
  for (const { name, description, act, done } of switches)
    tenants
      .command(name)
      .description(description)
      .argument('<id>', 'the id that tenantree tenants list shows')
      .action(async (id: string, _options: GlobalOptions, command: Command) => {
        const options: GlobalOptions = command.optsWithGlobals()
        show(terminal, options, await act(openSession(terminal, options), id), done)
      })
  tenants
    .command('delete')
    .description('delete an inactive tenant; it can be restored for 30 days')
    .argument('<id>', 'the id that tenantree tenants list shows')
    .requiredOption('--confirm <name>', 'its name, typed again')
    .option('--with-everything-below', 'the tenants below it too')
    .action((id: string, _options: DeleteOptions, command: Command) =>
      deleteTenant(terminal, id, command.optsWithGlobals()),
    )
  tenants
    .command('move')
    .description('move a tenant with everything below it')
    .argument('<id>', 'the id that tenantree tenants list shows')
    .requiredOption('--to <id>', 'its new parent')
    .option('--dry-run', 'only say what would happen')
    .option('--allow-unlicensed', 'move even where someone is left without a license')
    .action((id: string, _options: MoveOptions, command: Command) =>
      moveTenant(terminal, id, command.optsWithGlobals()),
    )
}
