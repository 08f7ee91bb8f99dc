<?php
/**
 * `[edge_net]`, `[edge_net_widget]` and `[edge_net_leaderboard]`. Anybody who may write a post may write a shortcode: no
 * attribute of theirs reaches the page unless it is one of the words it may be, or a number in its range.
 *
 * @package EdgeNet
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

const EDGE_NET_ROWS_MAX = 100;

function edge_net_register_shortcodes() {
	add_shortcode( 'edge_net', 'edge_net_shortcode_node' );
	add_shortcode( 'edge_net_widget', 'edge_net_shortcode_widget' );
	add_shortcode( 'edge_net_leaderboard', 'edge_net_shortcode_leaderboard' );
}

/** This page has the script, whatever the settings say of the others. It draws nothing itself. */
function edge_net_shortcode_node() {
	edge_net_enqueue();
	return edge_net_notice();
}

function edge_net_shortcode_widget( $given ) {
	$given = shortcode_atts( array( 'theme' => 'auto' ), $given, 'edge_net_widget' );
	edge_net_enqueue();
	return edge_net_notice() . '<edge-net-widget' . edge_net_attributes( array( 'theme' => edge_net_choose( 'theme', $given['theme'] ) ) ) . '></edge-net-widget>';
}

function edge_net_shortcode_leaderboard( $given ) {
	$given = shortcode_atts(
		array(
			'theme'  => 'auto',
			'limit'  => 10,
			'metric' => 'credits',
		),
		$given,
		'edge_net_leaderboard'
	);
	edge_net_enqueue();
	$attributes = array(
		'theme'  => edge_net_choose( 'theme', $given['theme'] ),
		'limit'  => min( EDGE_NET_ROWS_MAX, max( 1, absint( $given['limit'] ) ) ),
		'metric' => edge_net_choose( 'metric', $given['metric'] ),
	);
	return edge_net_notice() . '<edge-net-leaderboard' . edge_net_attributes( $attributes ) . '></edge-net-leaderboard>';
}

/** What is missing, for those who can mend it and for nobody else. */
function edge_net_notice() {
	if ( '' !== edge_net_options()['relay'] || ! current_user_can( 'manage_options' ) ) {
		return '';
	}
	return '<p>' . esc_html__( 'edge-net has no relay yet. Set one under Settings, edge-net.', 'edge-net' ) . '</p>';
}
