//! Writing a file whole or not at all.

use std::io::Write as _;
use std::path::Path;

/// Writes `bytes` to `path`: a new file with all of them takes the place of what was there, or nothing changes.
///
/// # Errors
/// If the folder is missing or cannot be written, or `path` is a folder.
pub fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        // Temporary files are private by default; what a reader saves is an ordinary file.
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path)?;
    Ok(())
}
