//! Dead keys and the Compose key, by the tables of the system's libxkbcommon; loaded when first needed,
//! so that a program without windows starts without it.

use std::ffi::{CStr, CString, c_char};

use xkbcommon_dl::{
    XkbCommon, XkbCommonCompose, xkb_compose_compile_flags, xkb_compose_feed_result, xkb_compose_state,
    xkb_compose_state_flags, xkb_compose_status, xkb_compose_table, xkb_context, xkb_context_flags,
    xkbcommon_compose_option, xkbcommon_option,
};

pub enum Fed {
    /// The key has nothing to do with composing, or broke it off.
    Nothing,
    /// More keys are needed.
    Composing,
    Composed(String),
}

pub struct Compose {
    common: &'static XkbCommon,
    library: &'static XkbCommonCompose,
    context: *mut xkb_context,
    table: *mut xkb_compose_table,
    state: *mut xkb_compose_state,
}

impl Compose {
    /// None where the library or its tables are missing: then dead keys are no characters.
    pub fn new() -> Option<Self> {
        let (common, library) = (xkbcommon_option()?, xkbcommon_compose_option()?);
        // SAFETY: the flags are valid; the result is checked.
        let context = unsafe { (common.xkb_context_new)(xkb_context_flags::XKB_CONTEXT_NO_FLAGS) };
        if context.is_null() {
            return None;
        }
        let mut this =
            Self { common, library, context, table: std::ptr::null_mut(), state: std::ptr::null_mut() };
        // The table of a bare C locale is nearly empty, and dead keys are wanted there too.
        let own = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(|v| std::env::var(v).ok());
        let own =
            own.filter(|v| !v.is_empty()).take(1).filter(|v| v != "C" && v != "POSIX" && v != "C.UTF-8");
        for locale in own.chain(["en_US.UTF-8".to_owned()]) {
            let Ok(locale) = CString::new(locale) else { continue };
            let flags = xkb_compose_compile_flags::XKB_COMPOSE_COMPILE_NO_FLAGS;
            // SAFETY: the context lives, the locale ends with 0; the result is checked.
            this.table =
                unsafe { (library.xkb_compose_table_new_from_locale)(context, locale.as_ptr(), flags) };
            if !this.table.is_null() {
                break;
            }
        }
        if this.table.is_null() {
            return None;
        }
        let flags = xkb_compose_state_flags::XKB_COMPOSE_STATE_NO_FLAGS;
        // SAFETY: the table lives; the result is checked.
        this.state = unsafe { (library.xkb_compose_state_new)(this.table, flags) };
        (!this.state.is_null()).then_some(this)
    }

    /// A key went down that is no modifier and no part of a shortcut.
    pub fn feed(&mut self, keysym: u32) -> Fed {
        // SAFETY: the state lives as long as `self`.
        let (fed, status) = unsafe {
            let fed = (self.library.xkb_compose_state_feed)(self.state, keysym);
            (fed, (self.library.xkb_compose_state_get_status)(self.state))
        };
        if !matches!(fed, xkb_compose_feed_result::XKB_COMPOSE_FEED_ACCEPTED) {
            return Fed::Nothing;
        }
        match status {
            xkb_compose_status::XKB_COMPOSE_COMPOSING => Fed::Composing,
            xkb_compose_status::XKB_COMPOSE_COMPOSED => {
                let text = self.text();
                self.reset();
                Fed::Composed(text)
            }
            xkb_compose_status::XKB_COMPOSE_CANCELLED => {
                self.reset();
                Fed::Nothing
            }
            _ => Fed::Nothing,
        }
    }

    pub fn reset(&mut self) {
        // SAFETY: the state lives as long as `self`.
        unsafe { (self.library.xkb_compose_state_reset)(self.state) };
    }

    fn text(&self) -> String {
        let mut bytes = [0_u8; 256];
        let start = bytes.as_mut_ptr().cast::<c_char>();
        // SAFETY: at most `bytes.len()` bytes are written, with a 0 at the end.
        unsafe { (self.library.xkb_compose_state_get_utf8)(self.state, start, bytes.len()) };
        CStr::from_bytes_until_nul(&bytes).map(|t| t.to_string_lossy().into_owned()).unwrap_or_default()
    }
}

impl Drop for Compose {
    fn drop(&mut self) {
        // SAFETY: each was made by the library, is dropped once, and may be null.
        unsafe {
            (self.library.xkb_compose_state_unref)(self.state);
            (self.library.xkb_compose_table_unref)(self.table);
            (self.common.xkb_context_unref)(self.context);
        }
    }
}
