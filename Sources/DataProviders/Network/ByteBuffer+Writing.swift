import NIOCore
import Values

extension ByteBuffer {
    /// A message: its head as it is written, then its body. A `ByteBuffer` asks at each of a head's fifty pieces who else
    /// holds it and whether it must grow: several times what the copy costs.
    /// - Parameter capacity: the bytes that the head will come to, about.
    package static func message(
        capacity: Int, body: [UInt8]?, _ writeHead: (inout ByteOutput) -> Void
    ) -> ByteBuffer {
        var head = ByteOutput(capacity: capacity)
        writeHead(&head)
        var message = ByteBufferAllocator().buffer(capacity: head.count + (body?.count ?? 0))
        head.withWritten { _ = message.writeBytes($0) }
        if let body { message.writeBytes(body) }
        return message
    }
}
