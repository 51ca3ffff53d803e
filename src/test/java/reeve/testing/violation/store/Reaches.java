package reeve.testing.violation.store;

import io.netty.channel.Channel;
import java.sql.Connection;
import reeve.testing.violation.sleep.Forbidden;

/// Draws arrows that the table does not have.
public record Reaches(Forbidden sleep, Channel[] netty, Connection database) {}
