import CatalogueModel
import DataProviders
import HummingbirdCore
import NIOCore
import NIOHTTP1
import Values

/// Answers the hub's calls of an HTTP/1 connection on its event loop; every other request goes on to the pages.
///
/// It stands between the HTTP parser and Hummingbird. One request is under way at a time: what a client sends ahead
/// waits, unread where it can, so that answers keep the order of their requests (RFC 9112 §9.3.2).
final class CallHandler: ChannelDuplexHandler, RemovableChannelHandler, LoopExecutor.Writing {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        case resting
        /// A call whose end has not been read.
        case receiving(HTTPRequestHead, RoutedCall, bytes: Int)
        case answering(RequestForm)
        /// A request of the pages.
        case passing(isRead: Bool, isAnswered: Bool)
        case closing
    }

    /// A body says nothing to the hub: its calls are GET.
    static let largestBody = 65_536

    /// Parts of requests sent ahead beyond which no more is read. Reading goes on while a call is answered: to stop and
    /// begin again costs two system calls, and tells later that the client has left.
    static let readAhead = 32

    private let gateway: Gateway
    private let callerAddress: CallerAddress
    private var state = State.resting
    private var queued: [HTTPServerRequestPart] = []
    private var withholdsRead = false
    /// True while what was queued is taken, one part after the other.
    private var isTaking = false
    /// Events that wait for the end of a call: its answer must leave before the connection closes.
    private var heldEvents: [Any] = []
    private var heldError: (any Error)?
    private var patience: Patience
    private var alarm: Scheduled<Void>?
    /// True while an answer is written and not sent.
    private var holdsAnswers = false
    private var context: ChannelHandlerContext?
    private var encoder: ChannelHandlerContext?
    private lazy var peer = context.map { Peer($0.channel) } ?? Peer()
    private var executor: LoopExecutor?

    init(gateway: Gateway, callerAddress: CallerAddress, patience: Patience) {
        self.gateway = gateway
        self.callerAddress = callerAddress
        self.patience = patience
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        executor = .of(context.eventLoop)
        let pipeline = context.pipeline.syncOperations
        encoder = try? pipeline.context(handlerType: HTTPResponseEncoder.self)
        if let encoder { try? pipeline.addHandler(PlainRequests(self), position: .before(encoder.handler)) }
        patience.rests()
        watch(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        alarm?.cancel()
        (self.context, encoder) = (nil, nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        state = .closing
        queued = []
        alarm?.cancel()
        context.fireChannelInactive()
    }

    // MARK: - Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        if queued.isEmpty, !mustWait(part) { take(part, context) } else { queued.append(part) }
    }

    private func mustWait(_ part: HTTPServerRequestPart) -> Bool {
        switch (state, part) {
        case (.answering, _), (.passing(isRead: true, isAnswered: false), .head): true
        // Who does not read answers gets no more of them: they would fill the memory.
        case (.resting, .head): context?.channel.isWritable == false
        default: false
        }
    }

    private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        switch (state, part) {
        case (.resting, .head(let head)):
            patience.awaitsRequest()
            if let routed = gateway.routed(head.uri) {
                state = .receiving(head, routed, bytes: 0)
            } else {
                state = .passing(isRead: false, isAnswered: false)
                context.fireChannelRead(wrapInboundOut(part))
            }
        case (.receiving(let head, let routed, let bytes), .body(let buffer)):
            guard bytes + buffer.readableBytes <= Self.largestBody else { return refuseBody(head) }
            state = .receiving(head, routed, bytes: bytes + buffer.readableBytes)
        case (.receiving(let head, let routed, _), .end):
            let call = gateway.pipeline(Call(head, routed, peer, callerAddress), routed)
            begin(RequestForm(head), call, routed.variables, context)
        case (.passing(_, let isAnswered), .end):
            patience.awaitsNothing()
            state = .passing(isRead: true, isAnswered: isAnswered)
            context.fireChannelRead(wrapInboundOut(part))
            if isAnswered { rest() }
        case (.closing, _): break
        default: context.fireChannelRead(wrapInboundOut(part))
        }
    }

    private func refuseBody(_ head: HTTPRequestHead) {
        let answer = Answer(status: 413, contentType: "text/plain; charset=utf-8", body: [])
        state = .answering(RequestForm(head))
        write(answer, closes: true)
    }

    /// Whether a call may be taken past the parser: nothing is under way and nothing waits.
    var isAtRest: Bool { if case .resting = state { queued.isEmpty && !holdsEnd } else { false } }

    /// Takes a call past the parser; false where it is none of the hub's, or cannot be answered yet.
    func take(_ request: PlainRequest) -> Bool {
        guard let context, context.channel.isWritable, let routed = gateway.routed(request.target) else { return false }
        let call = gateway.pipeline(Call("GET", request.headers, routed, peer, callerAddress), routed)
        begin(.plain, call, routed.variables, context)
        return true
    }

    private func begin(
        _ form: RequestForm, _ pipeline: CallPipeline, _ variables: [String: String]?, _ context: ChannelHandlerContext
    ) {
        state = .answering(form)
        patience.awaitsNothing()
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        Task(executorPreference: executor) {
            let answer = await pipeline.answer(variables)
            handler.value.write(answer)
        }
    }

    // MARK: - Answers

    private func write(_ answer: Answer, closes: Bool = false) {
        guard case .answering(let form) = state, let context, let encoder else { return }
        let closes = closes || !form.isKeepAlive || (holdsEnd && !hasWholeRequest)
        let wire = NIOAny(IOData.byteBuffer(answer.wire(to: form, closes: closes)))
        guard closes else {
            encoder.write(wire, promise: nil)
            flushLater()
            return rest()
        }
        state = .closing
        let isFlushed = context.eventLoop.makePromise(of: Void.self)
        encoder.writeAndFlush(wire, promise: isFlushed)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        isFlushed.futureResult.whenComplete { _ in bound.value.close(promise: nil) }
    }

    /// Answers of one turn of the loop leave together at its end: each send may wake its reader, who then takes the
    /// processor from the calls that are left. Measured: an eighth of a call's processor time.
    private func flushLater() {
        guard !holdsAnswers else { return }
        holdsAnswers = true
        executor?.atEnd(self)
    }

    func endTurn() { flushAnswers() }

    private func flushAnswers() {
        guard holdsAnswers else { return }
        holdsAnswers = false
        encoder?.flush()
    }

    /// What is answered leaves before the connection closes.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        flushAnswers()
        context.close(mode: mode, promise: promise)
    }

    /// What the pages answer goes through.
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .end = unwrapOutboundIn(data), case .passing(let isRead, _) = state else {
            return context.write(data, promise: promise)
        }
        context.write(data, promise: promise)
        state = .passing(isRead: isRead, isAnswered: true)
        guard isRead else { return }
        // The end is written before it is flushed: what follows must not overtake it.
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.eventLoop.execute { handler.value.rest() }
    }

    /// A request is over: goes on with what was sent ahead.
    private func rest() {
        if case .closing = state { return }
        state = .resting
        patience.rests()
        goOn()
    }

    private func goOn() {
        guard let context else { return }
        if holdsEnd, !hasWholeRequest { return releaseEnd(context) }
        if !queued.isEmpty { takeQueued(context) }
        if withholdsRead, queued.count <= Self.readAhead {
            withholdsRead = false
            context.read()
        }
    }

    /// What a page has answered before the end of its request was read comes back here: it is the first that goes on,
    /// however many follow.
    private func takeQueued(_ context: ChannelHandlerContext) {
        guard !isTaking else { return }
        isTaking = true
        defer { isTaking = false }
        while let part = queued.first, !mustWait(part) {
            queued.removeFirst()
            take(part, context)
        }
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        context.fireChannelWritabilityChanged()
        if case .resting = state, context.channel.isWritable { goOn() }
    }

    func read(context: ChannelHandlerContext) {
        if queued.count > Self.readAhead { withholdsRead = true } else { context.read() }
    }

    // MARK: - Ends

    /// One alarm for the whole connection, set anew when it rings: requests do not touch it.
    private func watch(_ context: ChannelHandlerContext) {
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        alarm = context.eventLoop.scheduleTask(deadline: patience.nextLook) {
            guard let context = handler.value.context else { return }
            if handler.value.patience.isOver { context.close(promise: nil) } else { handler.value.watch(context) }
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch (event, state) {
        case (is ChannelShouldQuiesceEvent, .receiving), (is ChannelShouldQuiesceEvent, .answering),
            (ChannelEvent.inputClosed, .answering):
            heldEvents.append(event)
        case (ChannelEvent.inputClosed, _) where !queued.isEmpty: heldEvents.append(event)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    private var holdsEnd: Bool { heldError != nil || !heldEvents.isEmpty }

    /// Whether a request that was sent ahead can still be answered.
    private var hasWholeRequest: Bool {
        queued.contains { if case .end = $0 { true } else { false } }
    }

    /// Nothing is left to answer before the end of the connection that was held back.
    private func releaseEnd(_ context: ChannelHandlerContext) {
        queued = []
        let events = heldEvents
        heldEvents = []
        for event in events { context.fireUserInboundEventTriggered(event) }
        if let error = heldError { context.fireErrorCaught(error) }
        heldError = nil
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch state {
        case .answering: heldError = heldError ?? error
        case .resting where !queued.isEmpty, .passing where !queued.isEmpty: heldError = heldError ?? error
        case .receiving:
            state = .passing(isRead: true, isAnswered: false)
            context.fireErrorCaught(error)
        default: context.fireErrorCaught(error)
        }
    }
}
