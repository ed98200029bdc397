import NIOCore
import Values

extension ByteBuffer {
    /// A buffer that holds what is written. A `ByteBuffer` asks at each of a message's fifty pieces who else holds it and
    /// whether it must grow: several times what the copy costs.
    /// - Parameter capacity: the bytes that it will come to, about.
    package static func written(capacity: Int, _ write: (inout ByteOutput) -> Void) -> ByteBuffer {
        var output = ByteOutput(capacity: capacity)
        write(&output)
        return ByteBuffer(bytes: output.written)
    }
}
