import type { Command } from 'commander';

/** A command line as somebody would type it, and what it is good for. */
export type Example = readonly [line: string, does: string];

/** For each command, by its words. A test parses every line, and asks for at least one for every command. */
export const EXAMPLES: Readonly<Record<string, readonly Example[]>> = {
  watch: [
    ['rollcall watch', 'the daemon, with ./config.yaml'],
    ['rollcall -c /etc/rollcall/config.yaml watch --log-level debug', 'with another config, and every look in its log'],
  ],
  check: [
    ['rollcall check', 'one round; the exit code says what was found'],
    ['rollcall check orders-db orders-dumps && terraform apply', 'go on only while these two are whole'],
    ['rollcall check --format nagios', 'as a plugin of Nagios or Icinga'],
    ['rollcall check --json | jq .counts', 'for a program'],
  ],
  validate: [
    ['rollcall validate', 'before a commit of the two files'],
    ['rollcall -c new/config.yaml validate --json', 'in a pipeline'],
  ],
  init: [
    ['rollcall init', 'from an empty folder to two files and a test page'],
    ['rollcall -c /etc/rollcall/config.yaml init', 'in another folder'],
  ],
  import: [
    ['rollcall import terraform state.json -o draft.yaml', 'after terraform state pull > state.json'],
    ['rollcall import kubernetes manifests.yaml', 'what is to be filled in is marked TODO'],
    ['rollcall import kubernetes -', 'from a pipe: kubectl get statefulsets,services,pvc -A -o yaml |'],
  ],
  discover: [
    ['rollcall discover -o draft.yaml', 'a draft of a manifest, with pins, of all that is there'],
    ['rollcall discover --unmanaged', 'what is there and not on the roll'],
  ],
  pin: [
    ['rollcall pin --dry-run', 'what would be written'],
    ['rollcall pin orders-db', 'that one alone'],
  ],
  token: [
    ['rollcall token prometheus --scope metrics', 'for a scraper; the digest belongs into config.yaml'],
    ['rollcall token alice --scope read request --human --expires 2027-06-30', 'for a person who reads and asks, until that day'],
  ],
  explain: [['rollcall explain orders-db', 'what is demanded of it, what was seen last, who would be paged']],
  evidence: [
    ['rollcall evidence orders-db > ticket.md', "for the provider's support, with everything that identified it"],
    ['rollcall evidence orders-db --json', 'with the bytes of every proof'],
  ],
  status: [['rollcall status', 'also while the daemon is down']],
  incidents: [['rollcall incidents --json', 'who has been told of what']],
  ack: [
    ['rollcall ack orders-db --by alice', 'no repeats for an hour'],
    ['rollcall ack 01KAQ5X4S8T3V9W2Y6Z7B0C1D2 --for 4h', 'that incident, for longer'],
  ],
  claim: [
    ["rollcall claim 'migration done, all rows verified' --about orders-db --by cursor", 'on the host of the watcher'],
    [
      "rollcall claim 'deploy 4711 over' --to https://rollcall.example --token-file ./claim.token",
      'from elsewhere, with a token that can do nothing else',
    ],
  ],
  request: [
    ["rollcall request expect-loss staging-db --reason 'rebuilt tonight' --for 2h --by alice", 'one loss that is then not paged'],
    [
      "rollcall request execute prod-cluster --operation 'DROP DATABASE old' --about old-db --reason 'moved away' --agent --by cursor",
      'destructive work, for a one-time token',
    ],
    ["rollcall request retire old-db --plan ./manifest.next.yaml --reason 'moved away' -o ./request.json", 'to be approved as a file'],
  ],
  requests: [
    ['rollcall requests', 'what has been asked for'],
    ['rollcall requests 01KAQ5X4S8T3V9W2Y6Z7B0C1D2 -o ./request.json', 'one of them, to be approved as a file'],
  ],
  approve: [
    ['rollcall approve ./request.json --key ~/.ssh/id_ed25519', 'read it, then sign it'],
    ['rollcall approve 01KAQ5X4S8T3V9W2Y6Z7B0C1D2 --to https://rollcall.example', 'shows it, and how to sign with ssh-keygen'],
  ],
  deny: [['rollcall deny ./request.json --key ~/.ssh/id_ed25519', 'one refusal is enough']],
  'grant issue': [['rollcall grant issue 01KAQ5X4S8T3V9W2Y6Z7B0C1D2 --token-file ./request.token > ./grant.token', 'for whoever asked']],
  'grant consume': [
    [
      "rollcall grant consume --token-file ./grant.token --action execute --target prod-cluster -- psql -c 'DROP DATABASE old'",
      'the token first, the command only then',
    ],
  ],
  'grant ended': [['rollcall grant ended --token-file ./grant.token --exit 0', 'where something else ran the command']],
  'page-test': [
    ['rollcall page-test', 'every pager; ask the people whether it arrived'],
    ['rollcall page-test oncall', 'one of them'],
  ],
  audit: [
    ['rollcall audit', 'all of it'],
    ['rollcall audit copies radius --svg ./radius.svg', 'the copies, and what could go down together as a picture'],
  ],
  grants: [
    ['rollcall grants --connection orders-pg > grants.sql', 'to be read, then run by whoever owns the database'],
    ['rollcall grants --coverage --connection prod-aws > grants.sh', 'with what lists everything, so that coverage speaks of all of it'],
    ['rollcall grants --agent cursor', 'what to take from an agent'],
  ],
  schema: [['rollcall schema manifest > rollcall.schema.json', 'for an editor that knows JSON Schema']],
  'ledger verify': [
    ['rollcall ledger verify', 'every hash anew'],
    ['rollcall ledger verify --head ./page.json', 'against the head that a page carried'],
  ],
  'ledger head': [['rollcall ledger head > head.txt', 'to be kept where this host cannot reach']],
  'ledger key': [['rollcall ledger key', 'for those who verify']],
  'ledger cosigned': [['rollcall ledger cosigned --json', 'what witnesses have signed']],
  'ledger export': [['rollcall ledger export --from 1000 | gzip > ledger.jsonl.gz', 'for an archive']],
  completion: [
    ['rollcall completion bash > /etc/bash_completion.d/rollcall', 'for everybody on this host'],
    ['rollcall completion zsh > ~/.zfunc/_rollcall', 'with ~/.zfunc in fpath'],
    ['rollcall completion fish > ~/.config/fish/completions/rollcall.fish', 'for oneself'],
  ],
  man: [['rollcall man | man -l -', 'where the package brought no man page']],
  demo: [['rollcall demo', 'from a checkout; touches nothing of yours']],
  version: [['rollcall version', 'for a report']],
};

/** The words of a command below the program: `ledger verify`. */
export function wordsOf(command: Command): string {
  return command.parent === null ? '' : `${wordsOf(command.parent)} ${command.name()}`.trim();
}

/** Ends the help of every command with its examples; a group shows those of its commands. */
export function addExamples(program: Command): void {
  for (const command of program.commands) {
    const examples = examplesOf(command);
    if (examples.length > 0)
      command.addHelpText('after', () => `\nExamples:\n${examples.map(([line, does]) => `  # ${does}\n  $ ${line}`).join('\n')}`);
    addExamples(command);
  }
}

export function examplesOf(command: Command): readonly Example[] {
  return [...(EXAMPLES[wordsOf(command)] ?? []), ...command.commands.flatMap(examplesOf)];
}
