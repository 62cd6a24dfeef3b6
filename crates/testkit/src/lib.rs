//! Script runner, scripted origin, viewer and movable clock for tests.
