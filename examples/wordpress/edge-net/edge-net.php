<?php
/**
 * Plugin Name:       edge-net
 * Description:       Visitors who agree lend a little of their processor to a peer-to-peer compute network; the site and they earn credits.
 * Version:           0.1.0
 * Requires at least: 6.3
 * Requires PHP:      7.4
 * License:           MIT
 * License URI:       https://opensource.org/license/mit
 * Text Domain:       edge-net
 *
 * @package EdgeNet
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

define( 'EDGE_NET_VERSION', '0.1.0' );

require_once __DIR__ . '/includes/options.php';
require_once __DIR__ . '/includes/script.php';
require_once __DIR__ . '/includes/shortcodes.php';
if ( is_admin() ) {
	require_once __DIR__ . '/includes/settings-page.php';
	edge_net_register_settings_page( plugin_basename( __FILE__ ) );
}

edge_net_register_script();
edge_net_register_shortcodes();
