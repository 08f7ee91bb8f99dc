<?php
/**
 * The one script on a page: enqueued, so that themes and caches know of it, with its settings as `data-` attributes.
 *
 * @package EdgeNet
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

const EDGE_NET_HANDLE = 'edge-net';

function edge_net_register_script() {
	add_action( 'wp_enqueue_scripts', 'edge_net_enqueue_everywhere' );
	add_filter( 'script_loader_tag', 'edge_net_script_tag', 10, 2 );
}

/** On every page, if the settings say so and there is a relay. */
function edge_net_enqueue_everywhere() {
	if ( '1' === edge_net_options()['everywhere'] ) {
		edge_net_enqueue();
	}
}

/** The same script twice is once: WordPress sees to it. */
function edge_net_enqueue() {
	$options = edge_net_options();
	if ( '' === $options['relay'] ) {
		return;
	}
	// The version is in the address already; a query would make the file another one for CDN and hash.
	wp_enqueue_script(
		EDGE_NET_HANDLE,
		$options['cdn'] . 'edge-net.global.js',
		array(),
		null,
		array(
			'strategy'  => 'async',
			'in_footer' => true,
		)
	);
}

/**
 * Settings, integrity and nonce onto our own tag.
 *
 * @param string $tag    The tag as WordPress made it.
 * @param string $handle Whose it is.
 */
function edge_net_script_tag( $tag, $handle ) {
	if ( EDGE_NET_HANDLE !== $handle ) {
		return $tag;
	}
	$options    = edge_net_options();
	$attributes = array(
		'data-edge-net'  => '',
		'data-relays'    => $options['relay'],
		'data-site-id'   => $options['site_id'],
		'data-consent'   => $options['consent'],
		'data-cpu-limit' => $options['cpu_limit'],
		'data-widget'    => $options['widget'],
	);
	if ( '' !== $options['integrity'] ) {
		$attributes['integrity']   = $options['integrity'];
		$attributes['crossorigin'] = 'anonymous';
	}

	/**
	 * The nonce of this page's Content-Security-Policy, where it has one.
	 *
	 * @param string $nonce Empty for none.
	 */
	$nonce = apply_filters( 'edge_net_script_nonce', '' );
	if ( is_string( $nonce ) && '' !== $nonce ) {
		$attributes['nonce'] = $nonce;
	}
	// By its id: others may have had WordPress write scripts before and after it.
	return preg_replace( '/<script\b(?=[^>]*\sid=(["\'])' . EDGE_NET_HANDLE . '-js\1)/', '<script' . str_replace( array( '\\', '$' ), array( '\\\\', '\\$' ), edge_net_attributes( $attributes ) ), $tag, 1 );
}

/**
 * @param array $attributes Values by name; what is false or null is left out.
 * @return string With a space before each, escaped.
 */
function edge_net_attributes( array $attributes ) {
	$html = '';
	foreach ( $attributes as $name => $value ) {
		if ( null === $value || false === $value ) {
			continue;
		}
		$html .= ' ' . $name . '="' . esc_attr( (string) $value ) . '"';
	}
	return $html;
}
