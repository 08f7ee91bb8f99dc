<?php
/**
 * Deletes the plugin's option, on every site of a network. Visitors' keys are in their own browsers.
 *
 * @package EdgeNet
 */

if ( ! defined( 'WP_UNINSTALL_PLUGIN' ) ) {
	exit;
}

delete_option( 'edge_net' );

if ( is_multisite() ) {
	foreach ( get_sites( array( 'fields' => 'ids', 'number' => 0 ) ) as $edge_net_site ) {
		switch_to_blog( $edge_net_site );
		delete_option( 'edge_net' );
		restore_current_blog();
	}
}
