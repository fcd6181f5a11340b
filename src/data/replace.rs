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
    // On the disk before it has the name: after a power cut there is the old file or the new one, not an empty one.
    file.as_file().sync_all()?;
    file.persist(path)?;
    // The name too. Some systems cannot do that to a folder; the file is whole all the same.
    #[cfg(unix)]
    if let Err(error) = std::fs::File::open(folder).and_then(|folder| folder.sync_all()) {
        log::debug!("{} was not synced: {error}", folder.display());
    }
    Ok(())
}
