import Foundation

/// Why an archive cannot be written or read. Its text is in French: operators read it as it is.
public enum BackupError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file holds no key of ours, or none that is whole.
    case noKey(String)
    /// The file does not begin as an archive of this version does.
    case noArchive
    /// The archive was made for other keys, or its header is altered.
    case wrongKey
    /// A part is altered, moved or missing.
    case damaged
    /// The SHA-256 of the archive is not the one that was told.
    case otherDigest
    /// An entry would be written outside of the folder, or twice.
    case unsafeName
    /// The place is taken.
    case exists(String)
    /// The system refused; `code` is that of `errno`.
    case file(action: String, path: String, code: Int32)

    public var description: String {
        switch self {
        case .noKey(let path): "\(path) : aucune clé de sauvegarde, ou une clé incomplète"
        case .noArchive: "ce fichier n'est pas une sauvegarde de UneFois, ou d'une version inconnue"
        case .wrongKey: "cette clé n'ouvre pas cette sauvegarde, ou l'en-tête est altéré"
        case .damaged: "la sauvegarde est altérée ou incomplète"
        case .otherDigest: "l'empreinte SHA-256 de la sauvegarde n'est pas celle attendue"
        case .unsafeName: "la sauvegarde contient un nom de fichier refusé"
        case .exists(let path): "\(path) : l'emplacement n'est pas vide"
        case .file(let action, let path, let code): "\(path) : \(action), \(String(cString: strerror(code)))"
        }
    }

    /// The refusal that `errno` tells.
    static func last(_ action: String, _ path: String) -> BackupError {
        .file(action: action, path: path, code: errno)
    }
}
