import CLibCrypto
import Crypto
import Synchronization
import Values

/// AES-256-GCM (NIST SP 800-38D) under one key, for what this process keeps in its memory.
///
/// By OpenSSL, which libpq brings: why not by swift-crypto as everything else is in
/// `docs/decisions/0022-sealed-memory.md`.
final class MemorySeal: Sendable {
    private static let (nonceBytes, tagBytes) = (12, 16)

    /// A cipher that holds the key, for one user at a time.
    private final class Cipher: @unchecked Sendable {
        let context: OpaquePointer

        init?(_ key: SymmetricKey) {
            // OpenSSL reads as many bytes as the cipher's key has.
            guard key.bitCount == 256, let context = EVP_CIPHER_CTX_new() else { return nil }
            self.context = context
            let isReady = key.withUnsafeBytes { key in
                EVP_EncryptInit_ex2(
                    context, EVP_aes_256_gcm(), key.bindMemory(to: UInt8.self).baseAddress, nil, nil)
            }
            guard isReady == 1 else { return nil }
        }

        deinit { EVP_CIPHER_CTX_free(context) }
    }

    private let key: SymmetricKey
    /// Those that nobody uses now.
    private let ciphers = Mutex<[Cipher]>([])
    private let sealed = Atomic(0)

    /// - Parameter key: 256 bits, of this process and for nothing else: nonces are counted from one.
    init(key: SymmetricKey) { self.key = key }

    /// Seals some bytes for a place; nil where OpenSSL cannot.
    ///
    /// The nonce is a count: the key lives as long as it, so that none comes twice (NIST SP 800-38D §8.2.1). Drawn ones
    /// would cost two system calls.
    func seal(_ bytes: [UInt8], at place: UnsafeRawBufferPointer) -> [UInt8]? {
        guard let cipher = takeCipher(), let size = Int32(exactly: bytes.count) else { return nil }
        defer { give(back: cipher) }
        let number = UInt64(sealed.wrappingAdd(1, ordering: .relaxed).newValue)
        var box = ByteOutput(capacity: Self.nonceBytes + bytes.count + Self.tagBytes)
        let isSealed = box.write(count: Self.nonceBytes + bytes.count + Self.tagBytes) { start in
            let (text, end) = (start + Self.nonceBytes, start + Self.nonceBytes + bytes.count)
            withUnsafeBytes(of: (number.bigEndian, UInt32(0))) { UnsafeMutableRawPointer(start).copyMemory($0) }
            var length: Int32 = 0
            return EVP_EncryptInit_ex2(cipher.context, nil, nil, start, nil) == 1
                && EVP_EncryptUpdate(cipher.context, nil, &length, place.start, Int32(place.count)) == 1
                && EVP_EncryptUpdate(cipher.context, text, &length, bytes, size) == 1 && length == size
                && EVP_EncryptFinal_ex(cipher.context, end, &length) == 1
                && EVP_CIPHER_CTX_ctrl(cipher.context, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagBytes), end) == 1
        }
        return isSealed ? box.bytes : nil
    }

    /// The bytes that were sealed for that place; nil for any other box.
    func open(_ box: [UInt8], at place: UnsafeRawBufferPointer) -> [UInt8]? {
        let size = box.count - Self.nonceBytes - Self.tagBytes
        guard size >= 0, let length = Int32(exactly: size), let cipher = takeCipher() else { return nil }
        defer { give(back: cipher) }
        var bytes = ByteOutput(capacity: size)
        let isOpen = bytes.write(count: size) { start in
            box.withUnsafeBufferPointer { box in
                guard let nonce = box.baseAddress else { return false }
                let (text, tag) = (nonce + Self.nonceBytes, nonce + Self.nonceBytes + size)
                var (read, rest): (Int32, Int32) = (0, 0)
                return EVP_DecryptInit_ex2(cipher.context, nil, nil, nonce, nil) == 1
                    && EVP_DecryptUpdate(cipher.context, nil, &read, place.start, Int32(place.count)) == 1
                    && EVP_DecryptUpdate(cipher.context, start, &read, text, length) == 1 && read == length
                    && EVP_CIPHER_CTX_ctrl(
                        cipher.context, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagBytes),
                        UnsafeMutableRawPointer(mutating: tag)) == 1
                    && EVP_DecryptFinal_ex(cipher.context, start + size, &rest) == 1
            }
        }
        return isOpen ? bytes.bytes : nil
    }

    private func takeCipher() -> Cipher? { ciphers.withLock { $0.popLast() } ?? Cipher(key) }

    private func give(back cipher: Cipher) { ciphers.withLock { $0.append(cipher) } }
}

extension UnsafeRawBufferPointer {
    fileprivate var start: UnsafePointer<UInt8>? { baseAddress?.assumingMemoryBound(to: UInt8.self) }
}

extension UnsafeMutableRawPointer {
    fileprivate func copyMemory(_ bytes: UnsafeRawBufferPointer) {
        if let start = bytes.baseAddress { copyMemory(from: start, byteCount: bytes.count) }
    }
}
