<?php
/**
 * The plugin's one option: an array whose every field is cleaned when it is saved, and again when it is read.
 *
 * @package EdgeNet
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

const EDGE_NET_OPTION = 'edge_net';

/** What holds until somebody saves the settings. No relay: then the plugin adds nothing to any page. */
function edge_net_defaults() {
	return array(
		'relay'      => '',
		'site_id'    => '',
		'cdn'        => 'https://cdn.jsdelivr.net/npm/@ruvector/edge-net@' . EDGE_NET_VERSION . '/dist/',
		'integrity'  => '',
		'widget'     => 'bottom-end',
		'consent'    => 'ask',
		'cpu_limit'  => '0.3',
		'everywhere' => '1',
	);
}

/** The words a field may be; the first is the default. */
function edge_net_choices() {
	return array(
		'widget'  => array( 'bottom-end', 'bottom-start', 'off' ),
		'consent' => array( 'ask', 'denied' ),
		'theme'   => array( 'auto', 'light', 'dark' ),
		'metric'  => array( 'credits', 'tasks', 'cpu' ),
	);
}

/** The option as it is used: whatever lies in the database, only what passes is given out. */
function edge_net_options() {
	$saved = get_option( EDGE_NET_OPTION, array() );
	return edge_net_sanitize_options( is_array( $saved ) ? array_merge( edge_net_defaults(), $saved ) : edge_net_defaults() );
}

/**
 * @param mixed $input As it came from the form.
 * @return array Every field, cleaned. What cannot be used becomes the default.
 */
function edge_net_sanitize_options( $input ) {
	$input    = is_array( $input ) ? $input : array();
	$defaults = edge_net_defaults();
	$text     = static function ( $name ) use ( $input ) {
		return isset( $input[ $name ] ) && is_scalar( $input[ $name ] ) ? trim( sanitize_text_field( (string) $input[ $name ] ) ) : '';
	};
	$cdn = esc_url_raw( $text( 'cdn' ), array( 'https' ) );
	$cpu = (float) $text( 'cpu_limit' );

	return array(
		'relay'      => edge_net_sanitize_relays( $text( 'relay' ) ),
		'site_id'    => edge_net_sanitize_site_id( $text( 'site_id' ) ),
		'cdn'        => '' === $cdn ? $defaults['cdn'] : trailingslashit( $cdn ),
		'integrity'  => preg_match( '#^sha(256|384|512)-[A-Za-z0-9+/]+={0,2}$#D', $text( 'integrity' ) ) ? $text( 'integrity' ) : '',
		'widget'     => edge_net_choose( 'widget', $text( 'widget' ) ),
		'consent'    => edge_net_choose( 'consent', $text( 'consent' ) ),
		'cpu_limit'  => $cpu > 0 && $cpu <= 1 ? (string) round( $cpu, 2 ) : $defaults['cpu_limit'],
		'everywhere' => '1' === $text( 'everywhere' ) ? '1' : '',
	);
}

/** Addresses of relays, separated by spaces; what is no web socket's address is left out. */
function edge_net_sanitize_relays( $text ) {
	$relays = array();
	foreach ( preg_split( '/[\s,]+/', $text, -1, PREG_SPLIT_NO_EMPTY ) as $relay ) {
		$url = esc_url_raw( $relay, array( 'wss', 'ws' ) );
		if ( '' !== $url && preg_match( '#^wss?://[^/]+#', $url ) ) {
			$relays[] = $url;
		}
	}
	return implode( ' ', $relays );
}

/** A public key as base64url, or the name of one. */
function edge_net_sanitize_site_id( $text ) {
	return preg_match( '/^[A-Za-z0-9_.-]{1,64}$/D', $text ) ? $text : '';
}

/** @return string One of the words that the field may be. */
function edge_net_choose( $field, $word ) {
	$choices = edge_net_choices()[ $field ];
	return in_array( $word, $choices, true ) ? $word : $choices[0];
}
