package reeve.base.journal;

import reeve.testing.MemoryJournal;

class MemoryJournalTest extends JournalContract {
    @Override
    protected Journal open() {
        return new MemoryJournal(time);
    }
}
