import Foundation

extension CocoaError {
    /// Which file, and what happened to it, in words for the operator: Foundation's own are English and name domains of
    /// errors and their numbers.
    var inWords: String {
        let reason =
            switch underlying.map({ $0 as NSError }).flatMap({ POSIXErrorCode(rawValue: Int32($0.code)) }) {
            case .EROFS: "ce disque est en lecture seule"
            case .EACCES, .EPERM: "l'utilisateur « \(NSUserName()) » n'en a pas le droit"
            case .ENOSPC, .EDQUOT: "il n'y a plus de place sur ce disque"
            case .ENOENT: "introuvable"
            case .EEXIST: "un fichier porte déjà ce nom"
            case .ENOTDIR: "une partie de ce chemin n'est pas un dossier"
            case .EISDIR: "c'est un dossier"
            case .EIO: "le disque ne répond pas comme il doit"
            default: localizedDescription
            }
        return "\(filePath ?? url?.path ?? "un fichier") : \(reason)"
    }
}
