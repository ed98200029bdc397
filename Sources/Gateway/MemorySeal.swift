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

    /// Where OpenSSL's cipher is, which holds the key; zero where it could not be made. One at a time uses it, for a
    /// microsecond. A number: a pointer may not be used beside others under a lock (SE-0433).
    private let cipher: Mutex<UInt>
    private let sealed = Atomic(0)

    /// - Parameter key: 256 bits, of this process and for nothing else: nonces are counted from one.
    init(key: SymmetricKey) { cipher = Mutex(Self.cipher(key)) }

    deinit { cipher.withLock { EVP_CIPHER_CTX_free(OpaquePointer(bitPattern: $0)) } }

    private static func cipher(_ key: SymmetricKey) -> UInt {
        // OpenSSL reads as many bytes as the cipher's key has.
        guard key.bitCount == 256, let cipher = EVP_CIPHER_CTX_new() else { return 0 }
        let isReady = key.withUnsafeBytes { key in
            EVP_EncryptInit_ex2(cipher, EVP_aes_256_gcm(), key.bindMemory(to: UInt8.self).baseAddress, nil, nil)
        }
        if isReady == 1 { return UInt(bitPattern: cipher) }
        EVP_CIPHER_CTX_free(cipher)
        return 0
    }

    /// Seals some bytes for a place; nil where OpenSSL cannot.
    ///
    /// The nonce is a count: the key lives as long as it, so that none comes twice (NIST SP 800-38D §8.2.1). Drawn ones
    /// would cost two system calls.
    func seal(_ bytes: [UInt8], at place: UnsafeRawBufferPointer) -> [UInt8]? {
        guard let size = Int32(exactly: bytes.count) else { return nil }
        let number = UInt64(sealed.wrappingAdd(1, ordering: .relaxed).newValue)
        var box = ByteOutput(capacity: Self.nonceBytes + bytes.count + Self.tagBytes)
        let isSealed = box.write(count: Self.nonceBytes + bytes.count + Self.tagBytes) { start in
            let (text, end) = (start + Self.nonceBytes, start + Self.nonceBytes + bytes.count)
            withUnsafeBytes(of: (number.bigEndian, UInt32(0))) { UnsafeMutableRawPointer(start).copyMemory($0) }
            return cipher.withLock { cipher in
                guard let cipher = OpaquePointer(bitPattern: cipher) else { return false }
                var length: Int32 = 0
                return EVP_EncryptInit_ex2(cipher, nil, nil, start, nil) == 1
                    && EVP_EncryptUpdate(cipher, nil, &length, place.start, Int32(place.count)) == 1
                    && EVP_EncryptUpdate(cipher, text, &length, bytes, size) == 1 && length == size
                    && EVP_EncryptFinal_ex(cipher, end, &length) == 1
                    && EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagBytes), end) == 1
            }
        }
        return isSealed ? box.bytes : nil
    }

    /// The bytes that were sealed for that place; nil for any other box.
    func open(_ box: [UInt8], at place: UnsafeRawBufferPointer) -> [UInt8]? {
        let size = box.count - Self.nonceBytes - Self.tagBytes
        guard size >= 0, let length = Int32(exactly: size) else { return nil }
        var bytes = ByteOutput(capacity: size)
        let isOpen = bytes.write(count: size) { start in
            box.withUnsafeBufferPointer { box in
                guard let nonce = box.baseAddress else { return false }
                let (text, tag) = (nonce + Self.nonceBytes, nonce + Self.nonceBytes + size)
                return cipher.withLock { cipher in
                    guard let cipher = OpaquePointer(bitPattern: cipher) else { return false }
                    var (read, rest): (Int32, Int32) = (0, 0)
                    return EVP_DecryptInit_ex2(cipher, nil, nil, nonce, nil) == 1
                        && EVP_DecryptUpdate(cipher, nil, &read, place.start, Int32(place.count)) == 1
                        && EVP_DecryptUpdate(cipher, start, &read, text, length) == 1 && read == length
                        && EVP_CIPHER_CTX_ctrl(
                            cipher, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagBytes), UnsafeMutableRawPointer(mutating: tag))
                            == 1
                        && EVP_DecryptFinal_ex(cipher, start + size, &rest) == 1
                }
            }
        }
        return isOpen ? bytes.bytes : nil
    }
}

extension UnsafeRawBufferPointer {
    fileprivate var start: UnsafePointer<UInt8>? { baseAddress?.assumingMemoryBound(to: UInt8.self) }
}

extension UnsafeMutableRawPointer {
    fileprivate func copyMemory(_ bytes: UnsafeRawBufferPointer) {
        if let start = bytes.baseAddress { copyMemory(from: start, byteCount: bytes.count) }
    }
}
