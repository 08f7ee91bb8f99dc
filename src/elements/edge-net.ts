/** The ES module entry: defines the elements and exports the facade over the page's node. */
import { EdgeNetDashboard } from './dashboard/dashboard-element.js';
import { EdgeNet } from './facade.js';
import { hub } from './hub/hub.js';
import { EdgeNetLeaderboard } from './leaderboard/leaderboard-element.js';
import { EdgeNetLog } from './log/log-element.js';
import { EdgeNetNode } from './node/node-element.js';
import { BASE } from './shared/base.js';
import { define } from './shared/server-safe.js';
import { EdgeNetTask } from './task/task-element.js';
import { EdgeNetWidget } from './widget/widget-element.js';

// Before any element upgrades: what asks for its node must find someone to answer.
if (globalThis.document) hub();
define('edge-net-node', EdgeNetNode);
define('edge-net-widget', EdgeNetWidget);
define('edge-net-leaderboard', EdgeNetLeaderboard);
define('edge-net-dashboard', EdgeNetDashboard);
define('edge-net-log', EdgeNetLog);
define('edge-net-task', EdgeNetTask);

export default EdgeNet;
export { BASE, EdgeNet, EdgeNetDashboard, EdgeNetLeaderboard, EdgeNetLog, EdgeNetNode, EdgeNetTask, EdgeNetWidget };
export { EdgeNetError } from '../engine/index.js';
export type * from '../engine/index.js';
export type { Messages } from './messages/message.js';
export type { Check } from './node/diagnose.js';
export type { TaskEvents } from './task/task-events.js';
export type { ConsentDetail, ConsentRequestDetail, NodeEvents } from './node/events.js';
export type { WidgetOptions } from './facade.js';
export type { InitOptions } from './node/init.js';
