package reeve.serve.proxy;

import io.netty.buffer.ByteBuf;

/// The client's side of one exchange, whichever protocol the client speaks. Exchanges speak HTTP/1.1: heads are its text; who speaks
/// another protocol to the client translates. Buffers become the stream's. One loop.
interface ClientStream {

    /// Who asks, and how the connection came in.
    Origin origin();

    /// Whether it is the proxy itself that asks, on behalf of a client.
    default boolean isOwn() {
        return false;
    }

    /// False only where writing more would pile up; [Exchange#clientIsWritable] tells when that is over.
    boolean isWritable();

    /// Whether a body without a length has to come in chunks, with its trailers in the last.
    boolean takesChunks();

    /// Whether a flush follows anyway, when all that was received has been handled.
    boolean inRead();

    /// Sends a head after which there is something else than a body: another head, or a tunnel.
    void writeHead(Bytes head);

    /// Sends the head of the answer and the first part of its body.
    /// @param part maybe empty; stays the caller's
    /// @param last whether there is no more of it
    void writeHead(Bytes head, ByteBuf part, boolean last);

    /// Sends a part of the body.
    void write(ByteBuf part, boolean last);

    /// Sends what follows a body that did not come in chunks, instead of its last part.
    /// @param lines each with its CR LF
    void writeTrailers(Bytes lines);

    /// Sends a part of what comes out of the tunnel.
    void writeTunnel(ByteBuf part);

    void flush();

    /// Sends an answer of the proxy's own, whole.
    void answer(Answer answer, Answers.Form form);

    /// What was received and waits can go on: the backend takes it now.
    void proceed();

    /// From now on both sides' bytes pass as they are.
    void becomeTunnel();

    /// The exchange has ended, its answer is written.
    /// @param keep whether the client was told that it may send another request on the connection
    void exchangeEnded(boolean keep);

    /// Ends an answer that is not whole, so that the client can tell.
    /// @param reset where the end of the connection would mean the end of the answer
    void cut(boolean reset);
}
