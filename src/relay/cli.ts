#!/usr/bin/env node
/** `edge-net`: the package's command. Amounts are credits; with --json the last line of stdout is one JSON object. */
import { Command, Option } from 'commander';
import { idsLast } from './commands/arguments.js';
import { runCreate, runDelete, runExport, runExtend, runInsert, runList, runSearch } from './commands/collection.js';
import { runContribute } from './commands/contribute.js';
import { runCopyAssets } from './commands/copy-assets.js';
import { runDemo } from './commands/demo.js';
import { runDoctor } from './commands/doctor.js';
import { runNetworkInit, runNetworkShow } from './commands/network.js';
import { fail } from './commands/output.js';
import { runRelay } from './commands/relay.js';
import { runSiteCreate, runSiteShow } from './commands/site.js';
import { runResult, runSubmit } from './commands/submit.js';
import { runWitness } from './commands/witness.js';

const DEFAULT_PORT = '8765';
const program = new Command('edge-net').description('A node of a peer-to-peer compute network.').showHelpAfterError();

const relays = new Option('--relay <url...>', 'relays to connect to, ws://host/gun').makeOptionMandatory();
const network = new Option('--network <file|url>', 'descriptor; left out, the one the first relay serves');
const data = (fallback?: string): Option => new Option('--data <dir>', 'where keys and records are kept').default(fallback);
const json = new Option('--json', 'one JSON object as the last line of stdout');

program.command('relay').description('GUN relay with its guard, witness, descriptor, blobs and static files')
  .option('--port <n>', 'port; 0 takes a free one', DEFAULT_PORT).option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--name <name>', 'name of a network that is founded now', 'development').option('--allow-origin <origin...>', 'pages that may connect; all by default')
  .option('--static <dir>', 'files to serve; this package by default').addOption(network).addOption(data('.edge-net/relay')).addOption(json)
  .action(guarded(runRelay));

program.command('witness').description('witness beside a relay that is not ours')
  .addOption(relays).addOption(new Option('--network <file|url>', 'descriptor that names this witness').makeOptionMandatory()).addOption(data('.edge-net/witness')).addOption(json)
  .action(guarded(runWitness));

program.command('contribute').description('work for the network')
  .addOption(relays).addOption(network).option('--cpu-limit <share>', 'share of each core, 0 to 1', '0.5').option('--workers <n>', 'worker threads at most')
  .option('--tasks <kind...>', 'kinds to take; all by default').option('--model-base <dir|url>', 'where models lie').option('--site <id>', 'site account that shares the pay').addOption(data()).addOption(json)
  .action(guarded(runContribute));

program.command('submit <type>').description('buy one task')
  .addOption(relays).addOption(network).option('--payload <file>', 'JSON; - reads stdin', '-').option('--redundancy <n>', 'workers that must agree, 1 to 3')
  .option('--priority <p>', 'low, normal or high').option('--max-credits <n>', 'refuse to pay more').option('--timeout <ms>', 'patience')
  .option('--local <mode>', 'never, fallback or only', 'never').option('--model-base <dir|url>', 'where models lie, for --local').addOption(data()).addOption(json)
  .action((type: string, options: Parameters<typeof runSubmit>[1]) => runSubmit(type, options).then(done, (error: unknown) => fail(error, options.json === true)));

program.command('result <taskId>').description('fetch the result of an earlier submit of the same --data')
  .addOption(relays).addOption(network).addOption(data()).addOption(json)
  .action((taskId: string, options: Parameters<typeof runResult>[1]) => runResult(taskId, options).then(done, (error: unknown) => fail(error, options.json === true)));

const collections = program.command('collection').description('vectors of your own that other nodes hold and search');
/** A call on one collection. */
const onCollection = <Options extends { readonly json?: boolean }>(command: Command, run: (id: string, options: Options) => Promise<void>): Command => command
  .addOption(relays).addOption(network).addOption(data()).addOption(json)
  .action((id: string, options: Options) => guarded((given: Options) => run(id, given))(options));
const bought = (command: Command): Command => command.option('--payload <file>', 'JSON; - reads stdin', '-').option('--redundancy <n>', 'holders that must agree, 1 to 3')
  .option('--priority <p>', 'low, normal or high').option('--max-credits <n>', 'refuse to pay more').option('--timeout <ms>', 'patience');

collections.command('create').description('lay by for storage and have holders drawn')
  .requiredOption('--dims <n>', 'dimensions of a vector').option('--name <name>', 'for you to know it by').option('--metric <m>', 'cos, ip or l2').option('--storage <s>', 'f32, f16 or i8')
  .option('--replicas <n>', 'nodes that hold each shard, 1 to 3').option('--access <who>', 'who may search: owner or anyone').option('--vectors <n>', 'as many are expected').option('--days <n>', 'storage days to lay by for')
  .option('--credits <n>', 'lay by so much instead').addOption(relays).addOption(network).addOption(data()).addOption(json).action(guarded(runCreate));
collections.command('list').description('what you have').addOption(relays).addOption(network).addOption(data()).addOption(json).action(guarded(runList));
onCollection(bought(collections.command('insert <id>').description('add {vectors, ids?}')), runInsert);
onCollection(bought(collections.command('search <id>').description('find the nearest by {query, k, efSearch?}')), runSearch);
onCollection(collections.command('extend <id>').description('lay by more').requiredOption('--credits <n>', 'credits'), runExtend);
onCollection(collections.command('export <id>').description('fetch each shard as a usearch index file').requiredOption('--out <dir>', 'folder for the files'), runExport);
onCollection(collections.command('delete <id>').description('have it dropped, and the rest of the deposit back'), runDelete);

const networks = program.command('network').description('found a network, or show one');
networks.command('init').description('keys for a founder and a witness, and the descriptor that names them')
  .option('--name <name>', 'its name', 'development').option('--out <file>', 'also write the descriptor here').option('--relay <url...>', 'relays to name in the descriptor').addOption(data('.edge-net/witness'))
  .action(guarded(runNetworkInit));
networks.command('show <file|url>').description('what a descriptor says, if its signatures hold')
  .action((location: string) => runNetworkShow(location).then(done, (error: unknown) => fail(error, false)));

const sites = program.command('site').description("a site's account and its name");
sites.command('create <name>').description('register a name to the account in --data')
  .addOption(relays).addOption(network).addOption(data()).addOption(json)
  .action((name: string, options: Parameters<typeof runSiteCreate>[1]) => guarded((given: typeof options) => runSiteCreate(name, given))(options));
sites.command('show').description('the account in --data, its name and its credits').addOption(relays).addOption(network).addOption(data()).addOption(json).action(guarded(runSiteShow));

program.command('copy-assets <dir>').description('worker, WASM and runtime files, for a site that serves them itself')
  .option('--models', 'model files as well').option('--force', 'copy beside files that are not ours').addOption(json)
  .action((dir: string, options: Parameters<typeof runCopyAssets>[1]) => guarded((given: typeof options) => runCopyAssets(dir, given))(options));

program.command('doctor').description('what works here, what does not, and the fix; ends with 1 where something fails')
  .option('--relay <url...>', 'also examine these relays').addOption(network).option('--page <url>', 'also examine this page, its tag and its Content-Security-Policy').addOption(data('.edge-net')).addOption(json)
  .action(guarded(runDoctor));

program.command('demo').description('relay, two contributors and a page')
  .option('--port <n>', 'port of the page', DEFAULT_PORT).option('--once', 'run one embedding and one search, print them, and exit').addOption(data('.edge-net/demo')).addOption(json)
  .action(guarded(runDemo));

function guarded<Options extends { readonly json?: boolean }>(run: (options: Options) => Promise<void>): (options: Options) => Promise<void> {
  return (options) => run(options).then(done, (error: unknown) => fail(error, options.json === true));
}

/** Sockets that linger must not keep a finished command alive. */
function done(): void {
  process.exitCode ??= 0;
  setImmediate(() => process.exit());
}

await program.parseAsync(idsLast(process.argv.slice(2)), { from: 'user' });
