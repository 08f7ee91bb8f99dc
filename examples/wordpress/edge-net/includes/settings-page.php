<?php
/**
 * Settings, edge-net. The Settings API checks the nonce and calls our sanitiser; the capability is checked here as well.
 *
 * @package EdgeNet
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

const EDGE_NET_PAGE = 'edge-net';

function edge_net_register_settings_page( $plugin ) {
	add_action( 'admin_init', 'edge_net_register_settings' );
	add_action( 'admin_menu', 'edge_net_add_page' );
	add_filter( 'plugin_action_links_' . $plugin, 'edge_net_action_links' );
}

function edge_net_action_links( $links ) {
	$url = admin_url( 'options-general.php?page=' . EDGE_NET_PAGE );
	array_unshift( $links, '<a href="' . esc_url( $url ) . '">' . esc_html__( 'Settings', 'edge-net' ) . '</a>' );
	return $links;
}

function edge_net_add_page() {
	add_options_page( __( 'edge-net', 'edge-net' ), __( 'edge-net', 'edge-net' ), 'manage_options', EDGE_NET_PAGE, 'edge_net_render_page' );
}

function edge_net_register_settings() {
	register_setting(
		EDGE_NET_PAGE,
		EDGE_NET_OPTION,
		array(
			'type'              => 'array',
			'sanitize_callback' => 'edge_net_sanitize_options',
			'default'           => edge_net_defaults(),
			'show_in_rest'      => false,
		)
	);
	add_settings_section( 'edge_net_main', '', '__return_null', EDGE_NET_PAGE );
	foreach ( edge_net_fields() as $name => $field ) {
		add_settings_field(
			'edge_net_' . $name,
			$field['label'],
			'edge_net_render_field',
			EDGE_NET_PAGE,
			'edge_net_main',
			array_merge( $field, array( 'name' => $name, 'label_for' => 'edge_net_' . $name ) )
		);
	}
}

/** Label, help and, where a field is one of some words, what they are called. */
function edge_net_fields() {
	return array(
		'relay'      => array( 'label' => __( 'Relay', 'edge-net' ), 'help' => __( 'Address of your relay, wss://…/gun. Several are separated by spaces. Without one, no page is changed.', 'edge-net' ) ),
		'site_id'    => array( 'label' => __( 'Site id', 'edge-net' ), 'help' => __( 'Public key of the account that gets the site’s share. Empty: all credits are the visitors’.', 'edge-net' ) ),
		'widget'     => array(
			'label'   => __( 'Widget', 'edge-net' ),
			'options' => array(
				'bottom-end'   => __( 'Bottom, where lines end', 'edge-net' ),
				'bottom-start' => __( 'Bottom, where lines begin', 'edge-net' ),
				'off'          => __( 'Only where a shortcode puts one', 'edge-net' ),
			),
		),
		'consent'    => array(
			'label'   => __( 'Consent', 'edge-net' ),
			'options' => array(
				'ask'    => __( 'The node asks the visitor', 'edge-net' ),
				'denied' => __( 'Asked elsewhere: off until a consent tool sets it', 'edge-net' ),
			),
		),
		'cpu_limit'  => array( 'label' => __( 'Processor share', 'edge-net' ), 'help' => __( 'Above 0 and up to 1, of half of the processor’s cores.', 'edge-net' ) ),
		'everywhere' => array( 'label' => __( 'Every page', 'edge-net' ), 'checkbox' => __( 'Add the script to every page; otherwise only where a shortcode stands', 'edge-net' ) ),
		'cdn'        => array( 'label' => __( 'Files', 'edge-net' ), 'help' => __( 'Folder with the package’s files, over https. Name one exact version.', 'edge-net' ) ),
		'integrity'  => array( 'label' => __( 'Integrity', 'edge-net' ), 'help' => __( 'Hash of edge-net.global.js in that folder (sha384-…). A browser refuses a file with another one.', 'edge-net' ) ),
	);
}

/** @param array $field One of edge_net_fields(), with its name. */
function edge_net_render_field( $field ) {
	$value = edge_net_options()[ $field['name'] ];
	$id    = $field['label_for'];
	$name  = EDGE_NET_OPTION . '[' . $field['name'] . ']';
	if ( isset( $field['options'] ) ) {
		printf( '<select id="%s" name="%s">', esc_attr( $id ), esc_attr( $name ) );
		foreach ( $field['options'] as $word => $label ) {
			printf( '<option value="%s"%s>%s</option>', esc_attr( $word ), selected( $value, $word, false ), esc_html( $label ) );
		}
		echo '</select>';
	} elseif ( isset( $field['checkbox'] ) ) {
		printf( '<label><input type="checkbox" id="%s" name="%s" value="1"%s> %s</label>', esc_attr( $id ), esc_attr( $name ), checked( $value, '1', false ), esc_html( $field['checkbox'] ) );
	} else {
		printf( '<input type="text" class="regular-text" id="%1$s" name="%2$s" value="%3$s" aria-describedby="%1$s_help">', esc_attr( $id ), esc_attr( $name ), esc_attr( $value ) );
		printf( '<p class="description" id="%s_help">%s</p>', esc_attr( $id ), esc_html( $field['help'] ) );
	}
}

function edge_net_render_page() {
	if ( ! current_user_can( 'manage_options' ) ) {
		return;
	}
	echo '<div class="wrap"><h1>' . esc_html( get_admin_page_title() ) . '</h1><form action="options.php" method="post">';
	settings_fields( EDGE_NET_PAGE );
	do_settings_sections( EDGE_NET_PAGE );
	submit_button();
	echo '</form></div>';
}
