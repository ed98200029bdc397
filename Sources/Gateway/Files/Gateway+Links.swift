import CatalogueModel
import DataProviders
import Foundation
import Values

/// A provider's address stands within another text of the answer, where it cannot be replaced.
private struct MisplacedAddress: Error {}

extension Gateway {
    /// Whether an address may stand in an answer, marked so that it is found again in the answer's text.
    ///
    /// Answers are cached with the marked address and shared between callers; each caller then gets an address of its
    /// own, with its whole life before it.
    func reachable(of provider: ProviderDescription) -> @Sendable (String) -> String? {
        let (connector, mark) = (parts.connector, linkMark)
        return { text in
            if let download = SealedLink.download(text) {
                let isKnown = provider.downloads[download.name] != nil && !download.identifier.isEmpty
                return isKnown ? mark + text : nil
            }
            return connector.address(text, of: provider).map { mark + $0 }
        }
    }

    /// The answer with addresses of this service in place of the marked ones.
    /// - Throws: where the seal's key cannot be used, or the body is not JSON.
    func sealed(_ body: [UInt8], _ operation: APIOperation, _ holder: SealedLink.Holder) throws -> [UInt8] {
        let (base, now) = (parts.publicURL(), Int(parts.clock.now().timeIntervalSince1970))
        return try JSON(parsing: body).replacingTexts { text in
            guard text.hasPrefix(linkMark) else {
                if text.contains(linkMark) { throw MisplacedAddress() }
                return text
            }
            let address = String(text.dropFirst(linkMark.count))
            let isFile = SealedLink.download(address) == nil
            let life = isFile ? SealedLink.Lifetime.file : SealedLink.Lifetime.download
            let link = SealedLink(address: address, operation: operation.id, expires: now + life, holder: holder)
            let path = isFile ? "files" : "\(operation.provider.proxyName)/download"
            return "\(base)/proxy/\(path)/\(try parts.links.seal(link))"
        }.bytes
    }
}
