<?php
/**
 * As much of WordPress as the plugin calls, and as WordPress does it: filters run in order, escaping is HTML's, and what is
 * enqueued is printed through `script_loader_tag`. Runs the plugin on what stdin says and prints what came of it.
 */
define( 'ABSPATH', __DIR__ );

$task  = json_decode( stream_get_contents( STDIN ), true );
$world = array( 'hooks' => array(), 'shortcodes' => array(), 'scripts' => array(), 'settings' => array(), 'fields' => array(), 'pages' => array(), 'can' => $task['can'] ?? false, 'options' => $task['options'] ?? array() );

function add_action( $name, $do, $order = 10, $arguments = 1 ) { global $world; $world['hooks'][ $name ][] = $do; }
function add_filter( $name, $do, $order = 10, $arguments = 1 ) { add_action( $name, $do ); }
function do_action( $name ) { global $world; foreach ( $world['hooks'][ $name ] ?? array() as $do ) { $do(); } }
function apply_filters( $name, $value, ...$more ) { global $world; foreach ( $world['hooks'][ $name ] ?? array() as $do ) { $value = $do( $value, ...$more ); } return $value; }
function is_admin() { global $task; return ! empty( $task['admin'] ); }
function plugin_basename( $file ) { return 'edge-net/' . basename( $file ); }
function get_option( $name, $default = false ) { global $world; return $world['options'][ $name ] ?? $default; }
function delete_option( $name ) { global $world; unset( $world['options'][ $name ] ); }
function is_multisite() { return false; }
function current_user_can( $capability ) { global $world; return $world['can'] && 'manage_options' === $capability; }
function __( $text, $domain ) { if ( 'edge-net' !== $domain ) { throw new Exception( "text domain $domain" ); } return $text; }
function esc_html__( $text, $domain ) { return esc_html( __( $text, $domain ) ); }
function esc_attr( $text ) { return htmlspecialchars( $text, ENT_QUOTES, 'UTF-8', false ); }
function esc_html( $text ) { return htmlspecialchars( $text, ENT_QUOTES, 'UTF-8', false ); }
function esc_url( $url ) { return esc_attr( $url ); }
function esc_url_raw( $url, $protocols ) {
	$url = preg_replace( '|[^a-z0-9-~+_.?#=!&;,/:%@$\|*\'()\[\]\\x80-\\xff]|i', '', $url );
	return in_array( strtolower( (string) parse_url( $url, PHP_URL_SCHEME ) ), $protocols, true ) ? $url : '';
}
function sanitize_text_field( $text ) { return trim( preg_replace( '/[\r\n\t ]+/', ' ', strip_tags( $text ) ) ); }
function absint( $number ) { return abs( (int) $number ); }
function trailingslashit( $path ) { return rtrim( $path, '/\\' ) . '/'; }
function shortcode_atts( $defaults, $given, $tag ) { return array_merge( $defaults, array_intersect_key( is_array( $given ) ? $given : array(), $defaults ) ); }
function add_shortcode( $tag, $do ) { global $world; $world['shortcodes'][ $tag ] = $do; }
function wp_enqueue_script( $handle, $source, $needs, $version, $how ) { global $world; $world['scripts'][ $handle ] ??= array( $source, $version, $how ); }
function admin_url( $path ) { return 'https://site.example/wp-admin/' . $path; }
function add_options_page( $title, $menu, $capability, $slug, $render ) { global $world; $world['pages'][ $slug ] = array( $capability, $render ); }
function register_setting( $group, $name, $arguments ) { global $world; $world['settings'][ $name ] = $arguments; }
function add_settings_section( $id, $title, $render, $page ) {}
function add_settings_field( $id, $title, $render, $page, $section, $field ) { global $world; $world['fields'][] = array( $title, $render, $field ); }
function settings_fields( $group ) { echo '<input type="hidden" name="_wpnonce">'; }
function do_settings_sections( $page ) { global $world; foreach ( $world['fields'] as list( $title, $render, $field ) ) { echo '<label for="' . $field['label_for'] . '">' . $title . '</label>'; $render( $field ); } }
function submit_button() { echo '<button>Save</button>'; }
function get_admin_page_title() { return 'edge-net'; }
function selected( $a, $b, $print ) { return $a === $b ? " selected='selected'" : ''; }
function checked( $a, $b, $print ) { return $a === $b ? " checked='checked'" : ''; }

if ( ! empty( $task['nonce'] ) ) {
	add_filter( 'edge_net_script_nonce', fn() => $task['nonce'] );
}
if ( ! empty( $task['uninstall'] ) ) {
	define( 'WP_UNINSTALL_PLUGIN', 'edge-net/edge-net.php' );
	require $task['plugin'] . '/uninstall.php';
	exit( json_encode( array( 'options' => (object) $world['options'] ) ) );
}
require $task['plugin'] . '/edge-net.php';

$out = array();
if ( is_admin() ) {
	do_action( 'admin_init' );
	do_action( 'admin_menu' );
	list( $capability, $render ) = $world['pages']['edge-net'];
	ob_start();
	$render();
	$out['page']       = ob_get_clean();
	$out['capability'] = $capability;
	$out['saved']      = ( $world['settings']['edge_net']['sanitize_callback'] )( $task['saves'] ?? null );
}
do_action( 'wp_enqueue_scripts' );
foreach ( $task['shortcodes'] ?? array() as list( $tag, $given ) ) {
	$out['shortcodes'][] = $world['shortcodes'][ $tag ]( $given );
}
$out['scripts'] = '';
foreach ( $world['scripts'] as $handle => list( $source, $version, $how ) ) {
	$tag             = sprintf( "<script src='%s' id='%s-js' %s data-wp-strategy='%s'></script>\n", esc_attr( $source . ( null === $version ? '' : "?ver=$version" ) ), $handle, $how['strategy'], $how['strategy'] );
	// As wp_add_inline_script() has it, before the script's own tag and in the same text.
	$tag             = ( $task['inline'] ?? '' ) . $tag;
	$out['scripts'] .= apply_filters( 'script_loader_tag', $tag, $handle );
}
echo json_encode( $out );
